"""Secrets are known by their form, and stay in the probe."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from golive.errors import ProbeError
from golive.probes.secrets import UNREAD, Secrets, ServiceSecrets
from golive.remarks import Remarks
from golive.twin.apprunner import Operation
from golive.twin.cloud import Cloud, Secret
from steps.settings import secrets_have_form

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
    there, missing = seen.secret("JWT_SECRET"), seen.secret("SLACK_WEBHOOK_URL")
    assert there is not None
    assert there.exists
    assert missing is not None
    assert not missing.exists
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


@pytest.mark.parametrize(("age", "younger"), [(timedelta(hours=2), True), (timedelta(days=2), False)])
def test_value_younger_than_the_deployment_is_told(
    backstage: Backstage, look: ServiceSecrets, age: timedelta, younger: bool
) -> None:
    """
    App Runner reads secrets as it deploys: one that was changed since is judged by a text that no instance has.
    """
    backstage.cloud(lambda cloud: cloud.holding("JWT_SECRET", Secret(cloud.text("JWT_SECRET"), age=age)))
    seen = backstage.look(look)
    assert (seen.secret("JWT_SECRET").changed_at > seen.read_at) is younger
    assert judged(seen, backstage, ["JWT_SECRET", "at least 32 characters, random"]) == (
        "",
        ["JWT_SECRET was given its value on"] * younger,
    )


def test_service_that_was_deployed_again_has_read_its_secrets(backstage: Backstage, look: ServiceSecrets) -> None:
    """
    Any deployment that succeeded counts, an update or not; one that was rolled back does not.
    """

    def deployed(status: Any) -> Callable[[Cloud], Cloud]:
        again = Operation("START_DEPLOYMENT", status, timedelta(minutes=20))
        return lambda cloud: cloud.serving(operations=(again, *cloud.service.operations))

    backstage.cloud(deployed("SUCCEEDED"))
    read = backstage.look(look).read_at
    backstage.cloud(deployed("ROLLBACK_SUCCEEDED"))
    assert read - backstage.look(look).read_at > timedelta(hours=20)


def test_password_in_a_string_of_words_is_held(backstage: Backstage, look: ServiceSecrets) -> None:
    """
    What goes out is searched for the password of either kind of connection string.
    """
    backstage.cloud(holding("DATABASE_URL", "host=db dbname=drop user=drop password='4f1c 9a7be02d'"))
    reach = backstage.reach(backstage.environment)
    look.observe(reach)
    assert "4f1c 9a7be02d" in reach.held.values()


@pytest.mark.parametrize(
    "value",
    [
        *("x", "-", "n/a", "test123", "testing1", "changeme1", "TODO1", "dummy123", "sandbox2", "bankid-current2"),
        *("changeit", "pending", "client_id", "BANKID_CLIENT_ID", "BANKID_CLIENT_SECRET", "prd:", "prd:x", "prd:test1"),
        *("bankid-client-secret", "0123456789"),
    ],
)
def test_what_is_no_production_value_is_found_out(backstage: Backstage, look: ServiceSecrets, value: str) -> None:
    """
    What people leave where a secret should stand is refused, as a secret and behind the mark of production.
    """
    backstage.cloud(
        lambda cloud: cloud.holding("BANKID_CLIENT_SECRET", value).holding(
            "SUMSUB_APP_TOKEN", f"prd:{value.removeprefix('prd:')}"
        )
    )
    seen = backstage.look(look)
    for name, form, least in (
        ("BANKID_CLIENT_SECRET", "production value", "16"),
        ("SUMSUB_APP_TOKEN", "production value that begins with prd:", "24"),
    ):
        assert judged(seen, backstage, [name, form, least])[0].startswith(f"{name} ")


@pytest.mark.parametrize(
    "value", ["drop-prod-7f", "4f1c9a", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "urn:bankid:drop", "Xy7-_k"]
)
def test_client_id_may_be_short(backstage: Backstage, look: ServiceSecrets, value: str) -> None:
    """
    A client's id is no secret: six characters are enough, of whatever kind.
    """
    backstage.cloud(holding("BANKID_CLIENT_ID", value))
    assert judged(backstage.look(look), backstage, ["BANKID_CLIENT_ID", "production value", "6"]) == ("", [])
    assert judged(backstage.look(look), backstage, ["BANKID_CLIENT_ID", "production value", "99"])[0]


def test_form_without_its_length_is_none(backstage: Backstage, look: ServiceSecrets) -> None:
    """
    No length is assumed where a table says none.
    """
    said, _ = judged(backstage.look(look), backstage, ["BANKID_CLIENT_ID", "production value"])
    assert "no form that the gate knows" in said


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("verify-full", "verify-full&connect_timeout=5&schema=public", ""),
        ("verify-full", "require", ""),
        ("verify-full", "verify-full&hostaddr=203.0.113.9", "says hostaddr besides"),
        ("verify-full", "verify-full&ssl=false", "says ssl besides"),
        ("verify-full", "require&options=-c%20search_path%3Ddemo", "says options besides"),
        ("/drop?", "/drop_demo?", "another than drop"),
        ("/drop?", "?", "leads to no database"),
        ("?sslmode=verify-full", "?ssl=true", "says ssl besides"),
        ("sslmode=verify-full", "sslmode=no-verify", "says sslmode=no-verify"),
    ],
)
def test_database_url_leads_there_and_nowhere_else(
    backstage: Backstage, look: ServiceSecrets, old: str, new: str, words: str
) -> None:
    """
    Whatever a client may take for another place, another database or less encryption is refused by name.
    """
    backstage.cloud(lambda cloud: cloud.holding("DATABASE_URL", cloud.text("DATABASE_URL").replace(old, new)))
    said, _ = judged(backstage.look(look), backstage, ["DATABASE_URL", "PostgreSQL over TLS to the database instance"])
    assert words in said
    assert bool(said) is bool(words)
    assert "demo" not in said


def judged(secrets: Secrets, backstage: Backstage, row: list[str]) -> tuple[str, list[str]]:
    """What the gate has against the secret of *row*, "" where nothing; and how its warnings begin."""
    remarks = Remarks()
    try:
        secrets_have_form(secrets, backstage.environment, [[], row], remarks)
    except AssertionError as no:
        return str(no), []
    return "", [warning.rpartition(" on ")[0].partition(" on ")[0] + " on" for warning in remarks.warnings]
