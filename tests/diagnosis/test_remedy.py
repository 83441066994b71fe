"""Every command that a runbook hands over is one that exists, does what it says, and says when it changes something."""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import jmespath
import psycopg
import pytest
from botocore import xform_name
from botocore.model import OperationModel
from psycopg.conninfo import conninfo_to_dict

from golive.diagnosis.commands import BLANKS, placeholders, simple_commands
from golive.diagnosis.papers import RUNBOOKS, Step, load_runbooks
from golive.diagnosis.remedy import NO_MESSAGE, Action, Observed, action, actions, remedy, words
from golive.environment import Environment, load
from golive.twin import database as twin
from golive.twin.database import GATE, OWNER
from golive.twin.postgres import Postgres

HOME = Path(__file__).parents[2]
PAPERS = load_runbooks(HOME / "features")
PRODUCTION, REHEARSAL = load("production", HOME), load("rehearsal", HOME)
STEPS = {f"{name}-{number}": step for name, paper in PAPERS.items() for number, step in enumerate(paper.steps, 1)}
SQL = {name: step for name, step in STEPS.items() if step.sql}
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def arn(setting: str) -> str:
    return f"arn:aws:secretsmanager:eu-west-1:324480209768:secret:drop/production/{setting}-aB3dE6"


EVERYTHING = Observed(
    secrets={
        **{
            f"{who}_CLIENT_{what}": arn(f"{who}_{what}")
            for who in ("BANKID", "NEONOMICS", "SWAN")
            for what in ("ID", "SECRET")
        },
        **{f"SUMSUB_{what}": arn(f"SUMSUB_{what}") for what in ("APP_TOKEN", "SECRET_KEY", "WEBHOOK_SECRET")},
    },
    vpc_connector="arn:aws:apprunner:eu-west-1:324480209768:vpcconnector/drop-vpc/1/4b0d2c9c6f5e4f5f8c3b7d1a2e9f6a10",
    connector_groups=("sg-0c02a9d41e6b8f357",),
    connector_subnets=("subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"),
    users_key="id",
    webhook_path="/api/kyc/webhook",
    since=NOW,
)
PEOPLE = {"approver", "demo_image", "transaction_id", "user_id"}  # what no machine can answer
READING = re.compile(r"describe-|list-|filter-")


def act(step: Step, environment: Environment = REHEARSAL, observed: Observed = EVERYTHING) -> Action:
    return action(step, environment, observed)


def commands(step: Step, program: str) -> list[list[str]]:
    return [said for said in simple_commands(act(step).command) if said[0] == program] if step.shell else []


SESSION = botocore.session.get_session()


@cache
def operations(service: str) -> dict[str, OperationModel]:
    model = SESSION.get_service_model(service)
    return {xform_name(name, "-"): model.operation_model(name) for name in model.operation_names}


@pytest.mark.parametrize("name", RUNBOOKS)
def test_aws_commands_are_the_services_own(name: str) -> None:
    """Service, operation and parameters exist in the service's model, what is required is there, and so is a region."""
    for step in PAPERS[name].steps:
        for said in commands(step, "aws"):
            service, operation, *rest = said[1:]
            shape = operations(service)[operation].input_shape
            assert shape is not None
            options = dict(zip(rest[::2], rest[1::2], strict=True))
            assert all(one.startswith("--") for one in options)
            given = {one.removeprefix("--") for one in options} - {"region", "query"}
            assert given <= {xform_name(member, "-") for member in shape.members}, said
            assert given >= {xform_name(member, "-") for member in shape.required_members}, said
            assert options["--region"] == "eu-west-1"
            assert jmespath.compile(options.get("--query", "@"))
            assert (READING.match(operation) is None) == (step.changes == "production")


def curl() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(exit_on_error=False)
    parser.add_argument("url")
    parser.add_argument("-s", action="store_true", required=True)  # no progress bar,
    parser.add_argument("-S", action="store_true", required=True)  # and yet the error
    parser.add_argument("-o", required=True)  # nothing of the answer is shown but its status
    parser.add_argument("-w", required=True)
    parser.add_argument("-d", action="append", default=[])
    parser.add_argument("--data-urlencode", action="append", default=[])
    return parser


@pytest.mark.parametrize("name", RUNBOOKS)
def test_curl_commands_parse_and_carry_no_secret(name: str) -> None:
    """Each has one https address and known options; what is secret comes from a file; nothing is turned off."""
    for said in [one for step in PAPERS[name].steps for one in commands(step, "curl")]:
        options = curl().parse_args(said[1:])
        assert options.url.startswith("https://")
        assert options.d in ([], ["grant_type=client_credentials"])
        assert all(re.fullmatch(r"client_(id|secret)@[a-z-]+\.txt", one) for one in options.data_urlencode)


@pytest.mark.parametrize("name", ["aisp-balance", "bankid", "swan-outage"])
def test_dig_asks_one_server_for_one_name(name: str) -> None:
    """A name server of the environment file, and a host that it lists."""
    asked = [one for step in PAPERS[name].steps for one in commands(step, "dig")]
    assert len(asked) == 1
    for said in asked:
        server, short, host = said[1:]
        assert server.removeprefix("@") in map(str, REHEARSAL.network.resolvers)
        assert (short, host in REHEARSAL.network.hosts) == ("+short", True)


SOURCE: dict[str, Any] = {
    "ImageRepository": {
        "ImageIdentifier": "324480209768.dkr.ecr.eu-west-1.amazonaws.com/drop-web@sha256:aa",
        "ImageConfiguration": {
            "Port": "3000",
            "RuntimeEnvironmentVariables": {"NODE_ENV": "production"},
            "RuntimeEnvironmentSecrets": {"JWT_SECRET": arn("JWT_SECRET")},
        },
        "ImageRepositoryType": "ECR",
    },
    "AutoDeploymentsEnabled": False,
}


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
@pytest.mark.parametrize("name", [name for name, step in STEPS.items() if "jq " in step.shell])
def test_jq_keeps_every_other_setting(name: str) -> None:
    """What is sent back to App Runner is all that was saved, and the new settings; the counting of banks counts."""
    [said] = commands(STEPS[name], "jq")
    if said[-1] != "source.json":
        lines = ['{"bank":"DNB"}', "no JSON", '{"event":"x"}', '{"bank":"DNB"}', '{"bank":"Nordea"}']
        given: object = {"events": [{"message": line} for line in lines]}
        wanted: object = [{"bank": "DNB", "lines": 2}, {"bank": "Nordea", "lines": 1}]
    else:
        given = wanted = SOURCE
    done = subprocess.run(["jq", said[1]], input=json.dumps(given), capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    if said[-1] == "source.json":
        image = answer["ImageRepository"]
        variables = image["ImageConfiguration"]["RuntimeEnvironmentVariables"]
        assert variables.pop("NODE_ENV") == "production"
        assert variables
        image["ImageConfiguration"]["RuntimeEnvironmentVariables"] = {"NODE_ENV": "production"}
        if "ImageIdentifier" in said[1]:
            image["ImageIdentifier"] = SOURCE["ImageRepository"]["ImageIdentifier"]
    assert answer == wanted


@pytest.mark.parametrize("name", RUNBOOKS)
def test_only_people_are_left_to_answer(name: str) -> None:
    """With a complete environment and everything seen, what stays blank is what only a person can know."""
    roles = {"⟦role that may write⟧", "⟦role that may read customers⟧"}
    for step in PAPERS[name].steps:
        asked = {one for one, _ in placeholders(step.do + step.shell + step.sql + (step.link or ""))}
        assert set(act(step).blanks) - roles == {f"⟦{BLANKS[one]}⟧" for one in asked & PEOPLE}


@pytest.mark.parametrize("name", RUNBOOKS)
def test_nothing_is_guessed(name: str) -> None:
    """Where nothing was seen and production leaves questions open, each stays a marked blank in the command."""
    for step in PAPERS[name].steps:
        seen = act(step, PRODUCTION, Observed())
        assert "{{" not in f"{seen.do}{seen.command}{seen.sql}{seen.link}"
        assert set(re.findall("⟦[^⟧]+⟧", f"{seen.do}{seen.command}{seen.sql}")) == set(seen.blanks)
        assert "⟦" not in seen.link


def test_every_placeholder_is_used_and_answered_by_somebody() -> None:
    """The list of placeholders has none that no runbook uses."""
    used = (
        {one for step in STEPS.values() for one, _ in placeholders(f"{step.do}{step.shell}{step.sql}{step.link}")}
        | {argument for step in STEPS.values() for _, argument in placeholders(step.shell) if argument in BLANKS}
        | {"status_page"}
    )  # in a message
    assert used == BLANKS.keys()
    assert not any(set("'\"$`\\") & set(said) for said in BLANKS.values()), "a blank may not end its quotes"


@pytest.mark.parametrize("name", RUNBOOKS)
def test_what_changes_something_says_so(name: str) -> None:
    """A step that changes something warns, and one whose command only reads does not."""
    changed = 0
    for step in PAPERS[name].steps:
        assert (act(step, PRODUCTION).warning == "") == (step.changes == "nothing")
        if step.changes == "production":
            changed += 1
            assert act(step, PRODUCTION).warning == "changes production"
            assert act(step).warning == "would change production, and this is a rehearsal: do not type it"
    assert changed > 2


@pytest.mark.parametrize(
    "evil",
    ["/x'; rm -rf ~; '", "/x`id`", "/$(id)", "/x y", "/x\ny", "-o/etc/passwd", "/x|y", "⟧'; id", ""],
)
def test_a_value_that_a_shell_would_act_on_stays_out(evil: str) -> None:
    """What was seen in the world is not trusted: with a quote or a space in it, it becomes a blank."""
    [step] = [step for step in STEPS.values() if "{{webhook_path}}" in step.shell]
    seen = act(step, REHEARSAL, replace(EVERYTHING, webhook_path=evil))
    assert "⟦path of the webhook, as Sumsub has it registered" in seen.command
    assert evil == "" or evil not in seen.command


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        (arn("BANKID_CLIENT_SECRET") + ":client_secret::", "it is not a secret of its own"),
        ("arn:aws:ssm:eu-west-1:324480209768:parameter/BANKID_CLIENT_SECRET", "it is not a secret of its own"),
        ("BANKID_CLIENT_SECRET", "it is not a secret of its own"),
    ],
)
def test_a_secret_of_several_values_is_not_written_over(stored: str, said: str) -> None:
    """One key of a larger secret would destroy the others, a parameter is no secret at all: both stay blank."""
    [step] = [step for step in STEPS.values() if "arn_of:BANKID_CLIENT_SECRET" in step.shell]
    seen = act(step, REHEARSAL, Observed(secrets={"BANKID_CLIENT_SECRET": stored}))
    assert stored not in seen.command.split("'")
    assert said in seen.blanks[0]


def test_of_several_security_groups_none_is_chosen() -> None:
    """Which of two groups is to be opened is a person's choice."""
    [step] = [one for one in PAPERS["bankid"].steps if "authorize-security-group-egress" in one.shell]
    assert act(step).blanks == ()
    assert act(step, observed=replace(EVERYTHING, connector_groups=("sg-1", "sg-2"))).blanks == (
        "⟦security group of the VPC connector⟧",
    )


def test_swan_that_is_not_in_use_leaves_blanks() -> None:
    """Production says nothing of Swan, so that its remedies name no setting and no host."""
    swan = PAPERS["swan-outage"].causes["SWAN-C2"]
    blanks = {one for said in remedy(swan, PRODUCTION, EVERYTHING).actions for one in said.blanks}
    assert blanks == {
        "⟦token address of Swan⟧",
        "⟦ARN of the secret: setting with the client id at Swan⟧",
        "⟦ARN of the secret: setting with the secret at Swan⟧",
    }


def test_a_tunnel_still_verifies_the_database_by_its_own_name() -> None:
    """The near end is where it connects, and the endpoint's name is whom it must meet."""
    database = PRODUCTION.database.model_copy(
        update={"host": "drop-db.c1.eu-west-1.rds.amazonaws.com", "via": "tunnel", "tunnel": "127.0.0.1:6543"}
    )
    environment = PRODUCTION.model_copy(update={"database": database})
    [step] = [one for one in PAPERS["bankid"].steps if one.sql.startswith("SELECT count(*) FROM sessions")]
    line = act(step, environment).command.splitlines()[0]
    assert conninfo_to_dict(re.findall('"(.*)"', line)[0]) == {
        "host": "drop-db.c1.eu-west-1.rds.amazonaws.com",
        "hostaddr": "127.0.0.1",
        "port": "6543",
        "dbname": "drop",
        "user": "golive_readonly",
        "sslmode": "verify-full",
        "sslrootcert": "environments/production/rds.pem",
    }


@pytest.mark.parametrize(
    ("begins", "role"),
    [
        ("SELECT count(*) FROM sessions", "golive_readonly"),
        ("SELECT id, user_id, amount, currency, recipient_iban", "⟦role that may read customers⟧"),
        ("UPDATE transactions", "⟦role that may write⟧"),
        ("DELETE FROM sessions", "⟦role that may write⟧"),
    ],
)
def test_nobody_gets_more_rights_than_the_step_needs(begins: str, role: str) -> None:
    """The gate's own role counts; who sees customers, or writes, is another, whom the reader must name."""
    for step in [one for one in SQL.values() if one.sql.startswith(begins)]:
        connection = re.findall('"(.*)"', act(step).command.splitlines()[0])[0]
        assert conninfo_to_dict(connection)["user"] == role
        assert (role in act(step).blanks) == role.startswith("⟦")


@pytest.fixture(scope="module")
def database() -> Iterator[tuple[Postgres, twin.Database]]:
    """PostgreSQL 16 with the twin's schema and an ordinary week; asked on its own socket, without the front's TLS."""
    healthy = twin.healthy(datetime.now(UTC), gate_password="gate", owner_password="owner")

    def no_tls() -> Any:
        raise AssertionError("nobody comes by the front")

    face = Postgres(healthy, no_tls)
    face.start()
    yield face, healthy
    face.stop()


def connected(face: Postgres, role: str) -> psycopg.Connection[Any]:
    return psycopg.connect(
        host=str(face.folder), dbname="drop", user=role, password={GATE: "gate", OWNER: "owner"}[role]
    )


def statement(step: Step, environment: Environment = REHEARSAL) -> str:
    """The SQL that a person would type, with what only a person knows filled in."""
    seen = act(step, environment)
    text = seen.sql or re.findall(r"<<'SQL'\n(.*)\nSQL\Z", seen.command, re.DOTALL)[0]
    return (
        text.replace("⟦who approved⟧", "alem")
        .replace("⟦id of the transaction⟧", "60")
        .replace("⟦id of the user⟧", "40")
    )


@pytest.mark.parametrize("name", SQL)
def test_sql_runs_on_postgresql_16(database: tuple[Postgres, twin.Database], name: str) -> None:
    """What reads runs for a role that only reads; what writes runs for the owner, and finds its rows."""
    face, _ = database
    step = SQL[name]
    with closing(connected(face, OWNER if step.changes != "nothing" else GATE)) as connection:
        assert connection.info.server_version // 10_000 == 16
        connection.read_only = step.changes == "nothing"
        done = connection.execute(statement(step).split("\n-- ")[0])
        assert (done.description is not None) == (step.changes == "nothing")
        if step.changes == "production":
            assert done.rowcount > 0 or "'failed'" in step.sql, "in an ordinary week there is such a row"
        connection.rollback()


@pytest.mark.parametrize("name", [name for name, step in SQL.items() if "{{" in step.sql])
def test_sql_with_a_blank_in_it_does_nothing(database: tuple[Postgres, twin.Database], name: str) -> None:
    """Typed before its blank is filled in, a statement is refused by the server or finds nobody."""
    face, _ = database
    unseen = act(SQL[name], observed=Observed())
    text = unseen.sql or re.findall(r"<<'SQL'\n(.*)\nSQL\Z", unseen.command, re.DOTALL)[0]
    with closing(connected(face, OWNER)) as connection, pytest.raises(psycopg.Error):
        connection.execute(text)


def test_the_statements_do_what_their_steps_say(database: tuple[Postgres, twin.Database]) -> None:
    """Sessions that are over are swept and no others; one person is approved; who waits is tried again."""
    face, healthy = database
    [sweep] = [one for one in SQL.values() if one.sql.startswith("DELETE FROM sessions")]
    with closing(connected(face, OWNER)) as connection:
        sessions = healthy.tables["sessions"].rows
        over = [
            row for row in sessions if isinstance(row["expires_at"], timedelta) and row["expires_at"] >= timedelta()
        ]
        assert connection.execute(statement(sweep)).rowcount == len(over) < len(sessions)
        [paid] = [one for one in SQL.values() if "approved_manual'," in one.sql]
        assert connection.execute(statement(paid)).rowcount == 1
        connection.rollback()
        retry = [one for one in SQL.values() if "'pending_retry'" in one.sql and "1 hour" in one.sql]
        assert connection.execute(statement(retry[0])).rowcount == 2
        left = connection.execute("SELECT count(*) FROM users WHERE kyc_status = 'pending_kyc'").fetchall()
        assert left == [(0,)]
        connection.rollback()


def test_newest_rejections_come_first(database: tuple[Postgres, twin.Database]) -> None:
    """A rejection without a time does not crowd out the newest ones, as PostgreSQL would have it by itself."""
    face, _ = database
    [step] = [one for one in SQL.values() if "NULLS LAST" in one.sql]
    with closing(connected(face, OWNER)) as connection:
        connection.execute("UPDATE users SET kyc_status = 'rejected', kyc_rejected_at = NULL WHERE id = 30")
        rows = connection.execute(statement(step)).fetchall()
        assert [row[0] for row in rows] == [7, 19, 30]
        connection.rollback()


def test_a_match_is_found_in_capitals_too(database: tuple[Postgres, twin.Database]) -> None:
    """The reason is AML_SANCTIONS_MATCH, and LIKE '%sanctions%' of PostgreSQL would find nobody."""
    face, _ = database
    [step] = [one for one in SQL.values() if "ILIKE" in one.sql]
    with closing(connected(face, OWNER)) as connection:
        connection.execute("UPDATE users SET kyc_rejection_reason = 'AML_SANCTIONS_MATCH' WHERE id = 30")
        assert [row[0] for row in connection.execute(statement(step)).fetchall()] == [30]
        connection.rollback()


@pytest.mark.parametrize("name", RUNBOOKS)
def test_messages_keep_their_language_and_mark_their_blanks(name: str) -> None:
    """Each message is there in the document's words, its blanks marked; a cause without one says so."""
    for cause in PAPERS[name].cause:
        seen = remedy(cause, PRODUCTION)
        assert (seen.said == NO_MESSAGE) == (not cause.message)
        for message, told in zip(cause.message, seen.messages, strict=True):
            assert (told.language, told.channel, len(told.blanks)) == (
                message.language,
                message.channel,
                len(message.blanks),
            )
            assert all(one in told.subject + told.text for one in told.blanks)
            assert not any(one in told.subject + told.text for one in message.blanks)


def test_a_message_as_it_is_told() -> None:
    """The first of BankID's, whole."""
    [told] = remedy(PAPERS["bankid"].causes["BID-C1"], PRODUCTION).messages
    assert (told.subject, told.blanks) == ("Login temporarily unavailable", ("⟦X⟧",))
    assert told.text == (
        "BankID authentication is experiencing issues.\nWe're monitoring the situation and will restore service\n"
        "as soon as BankID is back online. Estimated: ⟦X⟧ minutes."
    )


def test_nobody_is_sent_to_an_example_account_or_a_strange_status_page() -> None:
    """The document's example IBAN and its stale status page are not handed on."""
    ways = [way for paper in PAPERS.values() for way in paper.workaround]
    told = "".join(words(message, PRODUCTION).text for way in ways for message in way.message)
    assert "8601" not in told
    assert "status.drop.no" not in told
    assert "https://drop-status.betteruptime.com" in told


@pytest.mark.parametrize(("cause", "within"), [("BID-C2", True), ("BID-C1", False), ("BID-C3", False)])
def test_the_estimate_is_held_against_the_target(cause: str, within: bool) -> None:
    """The document's longest time against the runbook's target time to repair."""
    paper = PAPERS["bankid"]
    assert remedy(paper.causes[cause], PRODUCTION).within(paper.target_minutes) is within


def test_no_estimate_is_no_promise() -> None:
    """Where the document has no figure, nobody says whether it is in time."""
    assert remedy(PAPERS["pisp-payment"].causes["PISP-C4"], PRODUCTION).within(30) is None


def test_what_is_done_afterwards_is_filled_in_the_same_way() -> None:
    """Workarounds and actions afterwards are steps as any."""
    paper = PAPERS["pisp-payment"]
    assert actions(paper.afterwards, PRODUCTION)[0].warning == "changes production"
    assert [one.changes for one in actions(paper.workaround[0].steps, PRODUCTION)] == [
        "nothing",
        "nothing",
        "production",
        "nothing",
    ]
