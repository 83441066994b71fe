"""Secrets are known by their form, and stay in the probe."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from golive.errors import ProbeError
from golive.probes.secrets import UNREAD, ServiceSecrets
from golive.twin.cloud import Cloud, Secret

from .backstage import Backstage


@pytest.fixture
def look(backstage: Backstage) -> ServiceSecrets:
    """The secrets of the service."""
    return ServiceSecrets(backstage.environment.aws.service_arn)


def holding(name: str, secret: Secret | str | None) -> Callable[[Cloud], Cloud]:
    """Another secret under *name*."""
    return lambda cloud: cloud.holding(name, secret)


def test_every_wired_secret_is_told_by_form(backstage: Backstage, look: ServiceSecrets) -> None:
    """
    What the runbook lists is there, each with a form that differs from the others'.
    """
    seen = backstage.look(look)
    assert {"JWT_SECRET", "DATABASE_URL", "BANKID_CLIENT_SECRET", "SLACK_WEBHOOK_URL"} <= seen.secrets.keys()
    assert (seen.form("JWT_SECRET").length, seen.form("JWT_SECRET").worded) == (64, False)
    link = seen.form("DATABASE_URL").link
    assert (link.scheme, link.host, link.sslmode) == (
        "postgresql",
        backstage.environment.database.host,
        "verify-full",
    )
    assert seen.form("SUMSUB_APP_TOKEN").mark == "prd:"
    assert seen.form("SLACK_WEBHOOK_URL").link.slack_webhook
    prints = [seen.form(name).fingerprint for name in seen.secrets]
    assert len(set(prints)) == len(prints)


def test_fingerprint_is_of_this_run_alone(backstage: Backstage, look: ServiceSecrets) -> None:
    """
    The same text has the same fingerprint within a run, and another in the next: nothing can be looked up by it.
    """
    backstage.cloud(lambda cloud: cloud.holding("SUMSUB_SECRET_KEY", cloud.text("BANKID_CLIENT_SECRET")))
    seen, next_run = backstage.look(look), look.observe(backstage.reach(backstage.environment))
    fingerprint = seen.form("SUMSUB_SECRET_KEY").fingerprint
    assert fingerprint == seen.form("BANKID_CLIENT_SECRET").fingerprint
    assert fingerprint != next_run.form("SUMSUB_SECRET_KEY").fingerprint


def test_every_text_that_was_read_is_held(backstage: Backstage, look: ServiceSecrets) -> None:
    """
    What goes out can be searched for each text, and for the password within the connection string.
    """
    texts: dict[str, str] = {}

    def remember(cloud: Cloud) -> Cloud:
        texts.update({path.rpartition("/")[2]: kept.text for path, kept in cloud.secrets.items() if kept.text})
        return cloud

    backstage.cloud(remember)
    reach = backstage.reach(backstage.environment)
    answer = look.observe(reach)
    held = set(reach.held.values())
    password = texts["DATABASE_URL"].split(":")[2].split("@")[0]
    assert {*texts.values(), password} <= held
    assert [name for name, text in reach.held.items() if text in repr(answer)] == []


@pytest.mark.parametrize(
    ("change", "exists", "broken"),
    [
        (holding("JWT_SECRET", None), False, ""),
        (holding("JWT_SECRET", Secret(None)), True, "it has no value"),
    ],
    ids=["missing", "without a value"],
)
def test_secret_that_gives_nothing(
    backstage: Backstage, look: ServiceSecrets, change: Callable[[Cloud], Cloud], exists: bool, broken: str
) -> None:
    """
    A secret that is wired and missing, or has no value yet, is a fact.
    """
    backstage.cloud(change)
    seen = backstage.look(look).secret("JWT_SECRET")
    assert (seen.exists, seen.broken, seen.form) == (exists, broken, None)


def test_secret_about_to_go_is_told(backstage: Backstage, look: ServiceSecrets) -> None:
    """
    A secret that is scheduled for deletion is told with the date.
    """
    backstage.cloud(holding("JWT_SECRET", Secret("x" * 40, deleted_in=timedelta(days=6))))
    going = backstage.look(look).secret("JWT_SECRET").deletion_at
    assert timedelta(days=5) < going - datetime.now(UTC) < timedelta(days=7)


def test_name_that_is_not_wired_is_absent(backstage: Backstage, look: ServiceSecrets) -> None:
    """
    A secret that exists and is not given to the service is absent; a plain variable of that name is told.
    """
    backstage.cloud(lambda cloud: cloud.wiring(JWT_SECRET=None).setting(JWT_SECRET="in plain sight"))
    seen = backstage.look(look)
    assert seen.secret("JWT_SECRET") is None
    assert "JWT_SECRET" in seen.plain


def member(key: str) -> Callable[[Cloud], Cloud]:
    """JWT_SECRET is the member *key* of a secret that is JSON."""

    def change(cloud: Cloud) -> Cloud:
        cloud = cloud.holding("BUNDLE", json.dumps({"jwt": "k" * 48, "port": 5432}))
        return replace(cloud, service=cloud.service.wiring(JWT_SECRET=f"{cloud.arn_of('BUNDLE')}:{key}::"))

    return change


def test_member_of_a_json_secret_is_read(backstage: Backstage, look: ServiceSecrets) -> None:
    """
    Where the service asks for one member of a JSON secret, the form is that member's.
    """
    backstage.cloud(member("jwt"))
    assert backstage.look(look).form("JWT_SECRET").length == 48


@pytest.mark.parametrize("key", ["jvt", "port"])
def test_member_that_is_not_there_gives_nothing(backstage: Backstage, look: ServiceSecrets, key: str) -> None:
    """
    A member that is missing, or no text, is a fact.
    """
    backstage.cloud(member(key))
    assert "no member" in backstage.look(look).secret("JWT_SECRET").broken


def test_secret_of_another_store_is_unknown(backstage: Backstage, look: ServiceSecrets) -> None:
    """
    What is kept in Parameter Store cannot be judged, and does not hide the others.
    """
    parameter = "arn:aws:ssm:eu-west-1:324480209768:parameter/drop/JWT_SECRET"
    backstage.cloud(lambda cloud: replace(cloud, service=cloud.service.wiring(JWT_SECRET=parameter)))
    seen = backstage.look(look)
    with pytest.raises(ProbeError, match="not kept in Secrets Manager"):
        seen.secret("JWT_SECRET")
    assert seen.form("DATABASE_URL").length > 40


def test_without_the_right_to_read_form_is_unknown(backstage: Backstage, look: ServiceSecrets) -> None:
    """
    Elsewhere than in CI existence is known, the form is unknown with that sentence, and no value is asked for.
    """
    backstage.cloud(holding("SLACK_WEBHOOK_URL", None))
    aws = backstage.environment.aws.model_copy(update={"read_secret_values": False})
    before = len(backstage.town.calls())
    seen = look.observe(backstage.reach(backstage.environment.model_copy(update={"aws": aws})))
    assert ("secretsmanager", "GetSecretValue") not in backstage.town.calls()[before:]
    assert seen.secret("JWT_SECRET").exists
    assert not seen.secret("SLACK_WEBHOOK_URL").exists
    with pytest.raises(ProbeError) as raised:
        seen.form("JWT_SECRET")
    assert raised.value.reason == UNREAD


def test_one_denied_secret_does_not_hide_the_others(backstage: Backstage, look: ServiceSecrets) -> None:
    """
    Each secret is evidence of its own, under the name that the service is given it as.
    """
    observatory = backstage.observatory()
    observatory.answer(look)
    looks = [seen.look for seen in observatory.evidence()]
    assert looks.count("golive.probes.secrets:KeptSecret") == len(observatory.answer(look).secrets)
    assert len(observatory.evidence_ids([look])) == len(looks)
