"""The doctor finds what is missing and names what to grant; what it says is to be granted is what a run really asks."""

from __future__ import annotations

import ast
import copy
import dataclasses
import inspect
import json
import textwrap
import tomllib
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from golive.cli import main
from golive.diagnosis.selecting import known
from golive.doctor import Diagnosis, Doctor
from golive.environment import Environment, load
from golive.observatory import Observatory
from golive.prescription import told
from golive.probes.aws import READ_ONLY
from golive.probes.look import Look, Permission
from golive.twin.database import GATE
from golive.twin.faults import broken
from golive.twin.wire import Ailment
from golive.twin.world import World
from golive.vocabulary import VOCABULARY
from tests.gate.sweeping import FIRST_DAY, FIRST_WEEK, HOME, Sweep, due_in
from tests.probes.backstage import Backstage

EVE = "T-1h"
# How a request names the service → how a policy does.
NAMES = {"monitoring": "cloudwatch"}
# A snapshot is taken where there is none, a list of ranges read where a firewall names one, and a secret described
# where it has no value: a healthy world gives no occasion to any of these.
WHAT_IS_RARELY_ASKED = ("pre-launch-snapshot-missing", "firewall-open-by-a-prefix-list", "bankid-secret-about-to-go")


@pytest.fixture(scope="module")
def sweep() -> Iterator[Sweep]:
    """A twin whose world can be swapped, and an observatory that repeats what the swap changed."""
    running = Sweep(FIRST_WEEK)
    yield running
    running.stop()


FILE = (HOME / "environments/rehearsal/environment.toml").read_text(encoding="utf-8")
# No answer hangs on these but a wait, a wish or a warning; who may sign and what may be reached is said elsewhere.
NO_QUESTIONS = {"people", "network", "not_in_use"}


def without_each_key(said: Mapping[str, Any], *above: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The file *said* without each of its keys in turn, tables too, as far as that leaves an environment."""
    place: Any = said
    for name in above:
        place = place[name]
    for name, value in place.items():
        if not above and name in NO_QUESTIONS:
            continue
        fewer = copy.deepcopy(dict(said))
        inside: Any = fewer
        for each in above:
            inside = inside[each]
        del inside[name]
        with suppress(ValidationError):
            Environment.model_validate({**fewer, "folder": HOME / "environments/rehearsal"})
            yield ".".join((*above, name)), fewer
        if isinstance(value, dict):
            yield from without_each_key(said, *above, name)


# Keys without which what is seen is no longer so: that needs no answer but a look.
SEEN_OTHERWISE = {
    "betterstack.providers.Sumsub.path": {"KYC-R7"},
    "database.kyc.again": {"GL-6.1.4", "GL-6.2.5"},
    "github.checks": {"GL-2.2.4"},
    "github.checks.E2E": {"GL-2.2.4"},
    "logs.given_up": {"BID-R6", "GL-6.2.4"},
    "swan.status_page": {"SWAN-R7"},
}
OPTIONAL = dict(without_each_key(tomllib.loads(FILE)))
# The answers that hang on a part of the file besides what their looks say of themselves, by the module of the look.
READ_INSIDE = {
    "database": {
        *("postgres", "customers", "consents", "payments", "statements", "measures", "applicants", "route", "webhooks")
    },
    "logs": {"logs", "ended", "journal"},
    "betterstack": {"monitors"},
    "sumsub": {"sumsub", "webhooks", "applicants"},
    "slack": {"slack"},
}


@contextmanager
def file_without(sweep: Sweep, key: str) -> Iterator[None]:
    """The environment file lacks *key*, and what was seen by it is forgotten."""
    table, former = key.partition(".")[0], sweep.observatory.environment
    changed = Environment.model_validate({**OPTIONAL[key], "folder": former.folder})

    def put(environment: Environment) -> None:
        sweep.observatory.environment = sweep.observatory.reach.environment = environment
        sweep.observatory.reach._shared.pop("aws", None)
        stale = READ_INSIDE.get(table, set())
        sweep.observatory.forget(lambda look: table == "aws" or type(look).__module__.rpartition(".")[2] in stale)

    put(changed)
    sweep.observatory.armed = False  # what only an act needs is no question: somebody can attest it
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("golive.expedition.load", lambda *_: changed)
        try:
            yield
        finally:
            sweep.observatory.armed = True
            put(former)


@pytest.mark.parametrize("key", OPTIONAL)
def test_what_the_file_leaves_open_is_known_before_the_gate_finds_it(sweep: Sweep, key: str) -> None:
    """Without each key in turn, the items that the gate cannot judge are the items of which the doctor says so."""
    sweep.swap()
    with file_without(sweep, key):
        found = Doctor(HOME, "rehearsal", asks=sweep.observatory).examine()
        _, record, terminal = sweep.judge()
    assert record is not None, terminal
    named = {item for of in (*found.questions.values(), *(one.items for one in found.troubles)) for item in of}
    held = set(record.verdict.holding)
    held -= SEEN_OTHERWISE.get(key, set())
    if "every item" not in named:
        reasons = {each.item: each.reason for each in record.findings}
        assert {item: reasons[item] for item in named & due_in(FIRST_WEEK)} == {item: reasons[item] for item in held}
    assert found.well == (not named)


def test_an_hour_that_nobody_told_is_asked_for(sweep: Sweep) -> None:
    """It is named with all that falls due after it, and with what has to be of its day."""
    sweep.swap()
    detour = sweep.observatory.reach.detour
    sweep.observatory.reach.detour = dataclasses.replace(detour, launch_at=None)
    try:
        found = Doctor(HOME, "rehearsal", asks=sweep.observatory).examine()
        _, record, terminal = sweep.judge()
    finally:
        sweep.observatory.reach.detour = detour
    assert record is not None, terminal
    assert {"GL-3.1.5", "GL-3.3.12", "GL-3.5.3"} <= set(found.questions["launch_at"])
    assert set(found.questions) == {"launch_at"}
    # A test merchant that is not there is not there at any hour, and where something was paid it is searched.
    asked = set(found.questions["launch_at"]) & due_in(FIRST_WEEK)
    assert asked - {"GL-3.3.11", "GL-7.6"} == {*record.verdict.holding}
    assert "from an hour that launch_at does not say yet" in found.early["GL-3.5.3"]


def test_what_a_judging_sentence_asks_of_the_file_is_declared(sweep: Sweep) -> None:
    """Every key that its function, or what that calls, demands of the file stands among its needs; and the reverse."""
    assert sweep, "every sentence is known"
    for sentence in VOCABULARY:
        if sentence.kind == "judges":
            demanded = demanded_by(sentence.function)
            declared = words_of(sentence.needs) if callable(sentence.needs) else {*sentence.needs}
            assert demanded - NEVER_ASKED.get(sentence.function.__name__, set()) <= declared, sentence.where
            if not callable(sentence.needs):
                assert declared - {"aws.read_secret_values"} <= demanded, sentence.where


# The form of a connection string is none of this key's.
NEVER_ASKED = {"webhook_key_is_wired": {"database.host"}}


def demanded_by(function: Any, seen: frozenset[Any] = frozenset()) -> set[str]:
    """The keys that *function* of steps/, or a function there that it names, asks the environment to have answered."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    found = {
        ast.unparse(call.args[1]).removeprefix("f").strip("'\"")
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "answered"
        if len(call.args) == 2
    }
    handed = set(inspect.signature(function).parameters)
    for name in {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - handed:
        there = function.__globals__.get(name)
        there = [*there.values()] if isinstance(there, dict) else [there]
        for other in there:
            if inspect.isfunction(other) and other.__module__.startswith("steps.") and other not in seen | {function}:
                found |= demanded_by(other, seen | {function})
    return found


def words_of(function: Any) -> set[str]:
    """The keys that *function* tells, as they stand in its text."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    said = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr | ast.Constant)]
    return {ast.unparse(node).removeprefix("f").strip("'\"") for node in said}


def examined(sweep: Sweep, *faults: str) -> Diagnosis:
    """What the doctor finds in the world with *faults*."""
    sweep.swap(*faults)
    return Doctor(HOME, "rehearsal", asks=sweep.observatory).examine()


def told_by(sweep: Sweep) -> Any:
    """What the twin tells of what it was asked."""
    with urllib.request.urlopen(sweep.observatory.reach.detour.control, timeout=30) as answer:  # noqa: S310  # the twin's own loopback address
        return json.load(answer)


def calls(sweep: Sweep) -> set[str]:
    """Every action that was asked of the twin's AWS, as a policy names it."""
    return {f"{NAMES.get(service, service)}:{operation}" for service, operation in told_by(sweep)["calls"]}


# What an action is asked of → the parameter that names it, and the ARN that IAM holds against the policy.
HERE = "eu-west-1:324480209768"
NAMED_BY = {
    "apprunner:DescribeVpcConnector": ("VpcConnectorArn", "{}"),
    "ec2:GetManagedPrefixListEntries": ("PrefixListId", f"arn:aws:ec2:{HERE}:prefix-list/{{}}"),
    "ecr:DescribeImages": ("repositoryName", f"arn:aws:ecr:{HERE}:repository/{{}}"),
    "iam:SimulatePrincipalPolicy": ("PolicySourceArn", "{}"),
    "logs:FilterLogEvents": ("logGroupName", f"arn:aws:logs:{HERE}:log-group:{{}}:log-stream:"),
    "rds:CreateDBSnapshot": ("DBSnapshotIdentifier", f"arn:aws:rds:{HERE}:snapshot:{{}}"),
    "rds:DescribeDBInstances": ("DBInstanceIdentifier", f"arn:aws:rds:{HERE}:db:{{}}"),
    "rds:DescribeDBSnapshots": ("DBInstanceIdentifier", f"arn:aws:rds:{HERE}:db:{{}}"),
    "secretsmanager:DescribeSecret": ("SecretId", "{}"),
    "secretsmanager:GetSecretValue": ("SecretId", "{}"),
    **dict.fromkeys(
        ("apprunner:DescribeCustomDomains", "apprunner:DescribeService", "apprunner:ListOperations"),
        ("ServiceArn", "{}"),
    ),
}


def asked_on(sweep: Sweep) -> set[tuple[str, str]]:
    """Every action that was asked of the twin's AWS, and on which ARN; "*" where on none."""
    found = set()
    for service, operation, said in told_by(sweep)["asked"]:
        if not service:
            continue  # a control, which nobody signs: nobody can be granted anything for it
        action = f"{NAMES.get(service, service)}:{operation}"
        name, arn = NAMED_BY.get(action, ("", "*"))
        found.add((action, arn.format(said[name]) if name else "*"))
    return found


def test_in_a_healthy_world_nothing_is_missing(sweep: Sweep) -> None:
    """And it says who we are, where, and how the database proved itself; acts are told and not tried."""
    found = examined(sweep)
    assert found.well, "\n".join(told(found))
    assert found.identity["account"] == "324480209768"
    assert found.identity["role"].startswith("arn:aws:sts::324480209768:")
    assert found.identity["database"].endswith("proved by TLSv1.3")
    assert set(found.untried) == {"GL-2.3.4", "GL-2.3.6", "GL-2.5.4", "GL-3.1.5", "GL-5.2.1"}
    assert "rds:CreateDBSnapshot" not in calls(sweep)


@pytest.mark.parametrize(("faults", "status"), [((), 0), (("--fault", "github-denied"), 1)])
def test_the_command_says_by_its_status_whether_anything_is_missing(faults: tuple[str, ...], status: int) -> None:
    """As a person types it; the JSON holds what was found, and what to grant."""
    ran = CliRunner().invoke(main, ["doctor", "--json", *faults])
    assert ran.exit_code == status, ran.output
    said = json.loads(ran.output)
    assert said["well"] is (status == 0)
    assert {"policy", "sql", "scopes", "troubles", "questions", "unsigned"} <= said.keys()


# What is taken away → an item that is named with it, and what would give it back.
MISSING = {
    "apprunner-denied": ("every item", "allow apprunner:DescribeService on arn:aws:apprunner:"),
    "sts-denied": ("every item", "allow sts:GetCallerIdentity on *"),
    "ec2-denied": ("GL-1.8", "allow ec2:DescribeSecurityGroups on *"),
    "ecr-denied": ("GL-2.1.3", "allow ecr:DescribeImages on arn:aws:ecr:eu-west-1:324480209768:repository/drop-web"),
    "iam-denied": ("GL-5.1.1", "allow iam:SimulatePrincipalPolicy on arn:aws:iam::324480209768:role/drop-deploy"),
    "logs-denied": ("GL-2.5.5", "allow logs:FilterLogEvents on arn:aws:logs:"),
    "monitoring-denied": ("GL-6.1.5", "allow cloudwatch:GetMetricData on *"),
    "rds-denied": ("GL-3.1.3", "allow rds:DescribeDBInstances on arn:aws:rds:eu-west-1:324480209768:db:drop-db"),
    "secretsmanager-denied": ("GL-2.1.4", "allow secretsmanager:GetSecretValue on arn:aws:secretsmanager:"),
    "github-denied": ("GL-2.2.4", "set GOLIVE_GITHUB_TOKEN: checks: read on alai-holding/drop"),
    "betterstack-token-of-another": ("GL-1.6", "set GOLIVE_BETTERSTACK_TOKEN: Uptime API token"),
    "slack-scope-missing": ("GL-6.2.2", "set GOLIVE_SLACK_TOKEN: channels:read and channels:history"),
    "slack-token-of-another": ("GL-3.4.3", "set GOLIVE_SLACK_TOKEN: "),
    "gate-may-not-see-webhooks": ("GL-2.3.4", "set GOLIVE_SUMSUB_APP_TOKEN: manageClientSettings"),
    "sumsub-denied": ("GL-1.3", "set GOLIVE_SUMSUB_APP_TOKEN: "),
    "database-refuses-us": ("GL-2.2.5", "set GOLIVE_DATABASE_PASSWORD: password of the database role golive_readonly"),
    "watch-not-readable": ("GL-7.6", "GRANT SELECT (transaction_id) ON public.aml_alerts TO golive_readonly"),
}


@pytest.mark.parametrize("fault", MISSING)
def test_what_is_denied_is_named_with_its_items_and_what_to_grant(sweep: Sweep, fault: str) -> None:
    """Each permission that is taken away is found."""
    item, grant = MISSING[fault]
    found = examined(sweep, fault)
    assert not found.well
    named = [one for one in found.troubles if item in one.items and any(each.startswith(grant) for each in one.grant)]
    assert named, "\n".join(told(found))
    assert {one.kind for one in named} == {"denied"}


# -- each permission by itself ----------------------------------------------------------------------------------------


class Town:
    """A twin in this process, which can be denied anything, and an observatory that asks again only what may change."""

    def __init__(self) -> None:
        self.backstage = Backstage(load("rehearsal", HOME))
        self.observatory = self.backstage.observatory()
        self.before = Doctor(HOME, "rehearsal").wanted()

    def examined(self, change: Callable[[World], World], *words: str) -> Diagnosis:
        """What the doctor finds in the world that *change* makes, in which *words* of permissions matter."""
        self.backstage.put(change)

        def matters(look: Look[Any]) -> bool:
            granted = look.permissions(self.observatory.environment)
            return any(word in f"{each.what} {each.on}" for each in granted for word in words)

        self.observatory.forget(matters)
        self.observatory.reach.called.clear()
        try:
            return Doctor(HOME, "rehearsal", asks=self.observatory).examine()
        finally:
            self.backstage.heal()
            self.observatory.forget(matters)


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    """One for all of them."""
    running = Town()
    running.observatory.gather(look for looks in Doctor(HOME, "rehearsal").asked().values() for look in looks)
    yield running
    running.backstage.stop()


# Before the rehearsal's service stands no distribution, so nobody asks for one.
NOT_HERE = {"cloudfront:GetDistribution"}
ACTIONS = sorted({f"{service}:{operation}" for service, of in READ_ONLY.items() for operation in of} - NOT_HERE)
# To these a healthy world gives no occasion → one that does.
OCCASIONS = {
    "ec2:GetManagedPrefixListEntries": "firewall-open-by-a-prefix-list",
    "secretsmanager:DescribeSecret": "bankid-secret-about-to-go",
}
SIGNED_FOR = {policy: request for request, policy in NAMES.items()}


def denying(action: str, *faults: str) -> Callable[[World], World]:
    """The world with *faults* in which *action*, and nothing else, is denied."""
    service, _, operation = action.partition(":")
    ailments: dict[str, Ailment] = {f"{SIGNED_FOR.get(service, service)}:{operation}": "denied"}

    def change(world: World) -> World:
        world = broken(world, faults)
        return replace(world, cloud=replace(world.cloud, ailments=ailments))

    return change


@pytest.mark.parametrize("action", ACTIONS)
def test_each_action_that_is_denied_is_named(town: Town, action: str) -> None:
    """Alone, with the items that need it and the statement that allows it, wherever the world gives occasion to it."""
    found = town.examined(denying(action, *filter(None, [OCCASIONS.get(action)])), action)
    named = [one for one in found.troubles if any(each.startswith(f"allow {action} on ") for each in one.grant)]
    assert named, "\n".join(told(found))
    assert all(one.kind == "denied" and one.items for one in named)
    assert not found.well


@pytest.mark.parametrize("action", [*OCCASIONS, "rds:CreateDBSnapshot"])
def test_what_nothing_gave_occasion_to_is_told_as_not_tried(town: Town, action: str) -> None:
    """That nothing was denied says nothing of a permission that nobody used; and of what was used it is not said."""
    found = town.examined(denying(action), action)
    assert found.not_tried[action], "with the items that would need it"
    assert set(found.not_tried) >= {*OCCASIONS, "rds:CreateDBSnapshot"}
    assert f"  {action}" in "\n".join(told(found))


@pytest.mark.parametrize("table", ["users", "bank_accounts", "transactions", "aml_alerts"])
def test_each_table_that_is_denied_is_named(town: Town, table: str) -> None:
    """Alone, with the items that need it and the statement that grants it."""

    def change(world: World) -> World:
        return replace(world, database=world.database.admitting(GATE, denied=frozenset({table})))

    found = town.examined(change, f"SELECT {table} ", "CONNECT")
    grants = [each for one in found.troubles for each in one.grant if one.items]
    assert any(f" ON public.{table} TO " in each for each in grants), "\n".join(told(found))
    assert not [each for each in grants if f" ON public.{table} TO " not in each and each.startswith("GRANT SELECT")]


VARIABLES = [
    *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "GOLIVE_BETTERSTACK_TOKEN", "GOLIVE_DATABASE_PASSWORD"),
    *("GOLIVE_GITHUB_TOKEN", "GOLIVE_NEONOMICS_SANDBOX_CLIENT_ID", "GOLIVE_NEONOMICS_SANDBOX_CLIENT_SECRET"),
    *("GOLIVE_NEONOMICS_SANDBOX_KEY", "GOLIVE_NEONOMICS_SANDBOX_PERSON", "GOLIVE_SLACK_TOKEN"),
    *("GOLIVE_SUMSUB_APP_TOKEN", "GOLIVE_SUMSUB_SECRET_KEY"),
]


@pytest.mark.usefixtures("town")
def test_every_variable_of_the_file_is_among_them() -> None:
    """And every action and table of which the gate has any use is taken away above."""
    doctor = Doctor(HOME, "rehearsal")
    assert sorted(doctor.scopes()) == VARIABLES
    assert {each.what for each in doctor.wanted() if each.kind == "iam"} == {*ACTIONS}
    assert {each.on.split(" (")[0] for each in doctor.wanted() if each.what == "SELECT"} == {
        *("users", "bank_accounts", "transactions", "aml_alerts")
    }


@pytest.mark.parametrize("name", VARIABLES)
def test_each_variable_that_is_not_set_is_named_with_its_items(town: Town, name: str) -> None:
    """And with what the token in it must be good for."""
    reach = town.observatory.reach
    held = reach._variables
    reach._variables = {key: value for key, value in held.items() if key != name}
    try:
        found = town.examined(lambda world: world, name)
    finally:
        reach._variables = held
    assert set(found.variables) == {name}
    assert found.variables[name].good_for
    assert found.variables[name].items
    assert f"; for {found.variables[name].items[0]}" in "\n".join(told(found))


def test_nothing_is_asked_after_the_doctors_time(town: Town) -> None:
    """With name servers that say nothing it ends when its own time is over, and names what was not answered by then."""

    def change(world: World) -> World:
        return replace(world, zone=replace(world.zone, delay=60.0))

    town.backstage.put(change)
    try:
        asks = Observatory(Doctor(HOME, "rehearsal", seconds=1.0).environment, town.backstage.detour)
        found = Doctor(HOME, "rehearsal", asks=asks).examine()
        entries, ends = [*asks._entries.values()], asks._ends
    finally:
        town.backstage.heal()
    assert not found.well
    assert ends is not None
    late = [entry for entry in entries if entry.asked_at is not None and entry.asked_at >= ends]
    assert all(entry.done.is_set() for entry in entries), "nobody is waited for any more"
    assert not any(entry.attempts for entry in late), "given up, or not begun"
    assert {one.kind for one in found.troubles} == {"not reached"}


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("github-off", "not reached"), ("github-throttled", "not reached"), ("github-garbage", "not seen")],
)
def test_who_does_not_answer_is_told_from_who_answers_rubbish(sweep: Sweep, fault: str, kind: str) -> None:
    """Nobody has to grant anything for either; only for the first it helps to look at the way there."""
    found = [each for each in examined(sweep, fault).troubles if "GL-2.2.4" in each.items]
    assert {(each.kind, each.grant) for each in found} == {(kind, ())}


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("database-off", "TCP"),
        ("database-babbles", "no PostgreSQL"),
        ("database-in-plain", "offers no TLS"),
        ("database-of-another", "does not prove that it is the database"),
    ],
)
def test_the_way_to_the_database_is_told_step_by_step(sweep: Sweep, fault: str, said: str) -> None:
    """How far the way led: a name, a connection, encryption, proof."""
    assert said in examined(sweep, fault).wrong["route to the database"]


def test_a_clock_far_off_is_told(sweep: Sweep) -> None:
    """It would make every age a lie."""
    assert "set the clock" in examined(sweep, "clock-far-off").wrong["clock"]


def test_without_records_it_says_who_can_sign(sweep: Sweep) -> None:
    """Every record, with the role that signs it and the people who have it."""
    found = examined(sweep, "nobody-signed-anything")
    assert not found.well
    assert found.unsigned["GL-2.3.1"] == "go-live owner: ola"
    assert found.unsigned["GL-1.10"].endswith("ingrid")


def test_what_a_whole_run_asks_of_aws_is_what_the_policy_allows() -> None:
    """What two whole runs with every act, and each diagnosis, asked of AWS is what the policy allows."""
    doctor = Doctor(HOME, "rehearsal")
    # After the launch no snapshot is taken any more.
    running = {phase: Sweep(phase) for phase in (EVE, FIRST_DAY)}
    try:
        status, record, terminal = running[FIRST_DAY].run()
        assert (status, record is None) == (0, False), terminal
        running[EVE].run(*WHAT_IS_RARELY_ASKED)
        for runbook in known(HOME / "features"):
            running[EVE].diagnose(runbook)
        asked = asked_on(running[FIRST_DAY]) | asked_on(running[EVE])
        document = doctor.policy()
    finally:
        doctor.close()
        for each in running.values():
            each.stop()
    allowed = [(action, statement["Resource"]) for statement in document["Statement"] for action in statement["Action"]]
    assert {action for action, _ in asked} == {action for action, _ in allowed}
    refused = [
        (action, on)
        for action, on in asked
        if "-that-is-not-there" not in on  # a control: to be refused is as good an answer
        and not any(action == may and any(fnmatchcase(on, place) for place in places) for may, places in allowed)
    ]
    assert refused == []


def test_what_is_to_be_granted_is_known_before_anything_is(sweep: Sweep) -> None:
    """Looks that find out by looking on which others they depend have declared what those need: nothing is new."""
    sweep.swap()
    doctor = Doctor(HOME, "rehearsal", asks=sweep.observatory)
    before = {*doctor.wanted(), *doctor.wanted(acting=True)}
    doctor.examine()
    seen = {
        permission
        for looks in doctor.asked().values()
        for look in looks
        for behind in sweep.observatory.behind(look)
        for permission in behind.permissions(doctor.environment)
    }
    unknown = {each for each in seen - before if not _is_one_of_the_secrets(each) and each.on != "any permission"}
    assert unknown == set()


def _is_one_of_the_secrets(permission: Permission) -> bool:
    """Which secrets there are is known only by looking; beforehand it is all of the account's."""
    return permission.what.startswith("secretsmanager:") and not permission.on.endswith("*")
