"""Which cause is it? Each incident's cause is named first, a healthy world names none, and what is unseen is said."""

from __future__ import annotations

import json
from collections.abc import Iterator

import jsonschema
import pytest

from golive.diagnosis.document import Diagnosis
from golive.diagnosis.papers import RUNBOOKS
from golive.diagnosis.ranking import Conclusion
from golive.diagnosis.selecting import NAMES, known
from golive.search import NO_SECRETS, SHORTEST
from golive.twin.faults import INCIDENTS
from tests.gate.conftest import HOME, Project
from tests.gate.sweeping import Sweep

THERE = known(HOME / "features")
SCHEMA = json.loads((HOME / "docs/diagnosis.schema.json").read_text(encoding="utf-8"))
RUNBOOK_OF = {RUNBOOKS[document]: short for short, document in NAMES.items()}


def runbook_of(cause: str) -> str:
    """The runbook, as one types it, of a cause."""
    return RUNBOOK_OF[cause.partition("-")[0]]


@pytest.fixture(scope="module")
def sweep() -> Iterator[Sweep]:
    """A twin for all runbooks, whose memory holds nothing but incidents and ordinary days."""
    running = Sweep()
    yield running
    running.stop()


def diagnosed(sweep: Sweep, runbook: str, *faults: str) -> Diagnosis:
    """The document of a diagnosis that points to something, or cannot tell."""
    status, document, terminal = sweep.diagnose(runbook, *faults)
    assert document is not None, terminal
    assert status == 1
    return document


def named(document: Diagnosis, conclusion: Conclusion) -> list[str]:
    return [cause.cause for cause in document.of(conclusion)]


@pytest.mark.parametrize("name", INCIDENTS)
def test_the_cause_of_an_incident_is_named_first(sweep: Sweep, name: str) -> None:
    """Its own cause comes first, those behind it are the declared ones, and so are those that it hides."""
    incident = INCIDENTS[name]
    document = diagnosed(sweep, runbook_of(incident.cause), name)
    why = {cause.cause: [sign.said for sign in cause.signs] for cause in document.causes}
    assert named(document, Conclusion.POINTED) == [incident.cause, *incident.points_too], why
    first = document.causes[0]
    assert not first.ties
    assert all(sign.evidence for sign in first.signs), "every sign has evidence under it"
    assert first.advice is not None
    assert first.advice.steps
    assert first.advice.messages or first.advice.no_message
    assert incident.cause in document.line
    missing = {cause.cause: cause.missing for cause in document.of(Conclusion.CANNOT_TELL)}
    assert set(missing) == set(incident.hides), missing


@pytest.mark.parametrize("runbook", THERE)
def test_a_healthy_world_is_silent(sweep: Sweep, runbook: str) -> None:
    """Nothing points to a cause, everything was seen, and the exit status is 0."""
    status, document, terminal = sweep.diagnose(runbook)
    assert document is not None, terminal
    why = {cause.cause: (cause.missing, [sign.said for sign in cause.signs]) for cause in document.causes}
    assert document.quiet, why
    assert status == 0
    assert all(cause.examined and cause.evidence for cause in document.causes)


@pytest.mark.parametrize("seed", range(1, 11))
def test_an_ordinary_day_points_to_nothing(sweep: Sweep, seed: int) -> None:
    """People without money, unreadable documents, a stray 429, consents that end: ten days, by every runbook."""
    for runbook in THERE:
        status, document, terminal = sweep.diagnose(runbook, f"ordinary-day-{seed}", since="60m")
        assert document is not None, terminal
        why = {cause.cause: (cause.missing, [sign.said for sign in cause.signs]) for cause in document.causes}
        assert document.quiet, why
        assert status == 0


@pytest.mark.parametrize("runbook", THERE)
def test_each_thing_is_looked_at_once(sweep: Sweep, runbook: str) -> None:
    """Requests and distinct looks are the same number, however many causes need the same look."""
    sweep.begin_anew()
    _, document, terminal = sweep.diagnose(runbook)
    assert document is not None, terminal
    assert document.run.requests == document.run.looks == len(document.evidence)
    assert not [one for one in document.evidence if one.act], "and nothing is changed"


# What is not to be seen, and causes that are told all the same, by an incident.
UNSEEN = {
    "logs-denied": ("bankid-secret-renewed", "BID-C2"),
    "logs-off": ("bankid-callback-moved", "BID-C3"),
    "secretsmanager-denied": ("bankid-secret-renewed", "BID-C2"),
    "ec2-throttled": ("bankid-outage", "BID-C1"),
    "sts-denied": ("bankid-limits-drop", "BID-C5"),
}


@pytest.mark.parametrize("fault", UNSEEN)
def test_without_a_permission_the_rest_is_ranked(sweep: Sweep, fault: str) -> None:
    """What one look would have shown is missed, and said; the others still tell the cause."""
    incident, cause = UNSEEN[fault]
    document = diagnosed(sweep, "bankid", incident, fault)
    assert document.causes[0].cause == cause
    assert document.causes[0].conclusion is Conclusion.POINTED
    said = [*document.reasons, *(sentence for one in document.causes for sentence in one.missing)]
    assert said, "what could not be seen is said"


OUTAGES = {
    "aisp": "neonomics-outage",
    "bankid": "bankid-outage",
    "pisp": "neonomics-takes-no-payments",
    "kyc": "sumsub-outage",
    "swan": "swan-outage",
}
DENIED = ("logs-denied", "secretsmanager-denied", "database-refuses-us", "ec2-denied", "apprunner-denied")


@pytest.mark.parametrize("fault", DENIED)
@pytest.mark.parametrize("runbook", OUTAGES)
def test_no_permission_is_missed_in_silence(sweep: Sweep, runbook: str, fault: str) -> None:
    """
    The cause is still named first, and what was denied is said of each cause that it was needed for.

    Nothing that rests on a denied look is ruled out, and in a healthy world the diagnosis is silent only where nothing
    was denied.
    """
    document = diagnosed(sweep, runbook, OUTAGES[runbook], fault)
    assert document.causes[0].cause == INCIDENTS[OUTAGES[runbook]].cause
    _denied_is_said(document)
    _, healthy, terminal = sweep.diagnose(runbook, fault)
    assert healthy is not None, terminal
    assert not healthy.of(Conclusion.POINTED)
    assert healthy.quiet == (not _denied_is_said(healthy))


def _denied_is_said(document: Diagnosis) -> set[str]:
    """What was denied; AssertionError where that is not said, or does not count."""
    denied = {one.id: one.error or "" for one in document.evidence if one.error_kind == "Denied"}
    needs = {one.id: one.needs for one in document.evidence}
    # What a look could do without, for it was answered all the same; and what that hung on in its turn.
    spared: set[str] = set()
    beyond = [name for one in document.evidence if one.error is None for name in one.needs]
    while beyond:
        name = beyond.pop()
        if name not in spared:
            spared.add(name)
            beyond += needs.get(name, ())
    for cause in document.causes:
        lost = {denied[name] for name in cause.evidence if name in denied and name not in spared}
        assert not lost or cause.conclusion is not Conclusion.RULED_OUT, cause.cause
        said = " ".join((*cause.missing, *cause.hidden_by))
        assert not lost or said, cause.cause
    told = " ".join([*document.reasons, *(sentence for cause in document.causes for sentence in cause.missing)])
    assert not denied or any(error in told for error in denied.values())
    return set(denied)


@pytest.mark.parametrize(
    ("fault", "incident", "unseen"),
    [
        ("logs-denied", "payments-without-consent", "FilterLogEvents"),
        ("logs-of-any-group", "documents-are-rejected", "does not exist"),
        ("database-off", "consents-have-ended", "database drop"),
        ("database-off", "selfies-fail", "database drop"),
        ("gate-may-not-see-webhooks", "reports-are-not-delivered", "Sumsub"),
    ],
)
def test_what_log_rows_and_sumsub_hide_is_said(sweep: Sweep, fault: str, incident: str, unseen: str) -> None:
    """Where one of the three may not be seen, the others still tell the cause, and what was missed is named."""
    cause = INCIDENTS[incident].cause
    document = diagnosed(sweep, runbook_of(cause), incident, fault)
    assert document.causes[0].cause == cause
    assert any(unseen in sentence for one in document.causes for sentence in one.missing)


@pytest.mark.parametrize("fault", ["sts-off", "sts-garbage", "sts-denied"])
def test_a_healthy_world_that_may_be_another_is_not_silent(sweep: Sweep, fault: str) -> None:
    """Where nobody can prove whose world was seen, that nothing points to a cause is not to be believed: exit 1."""
    document = diagnosed(sweep, "bankid", fault)
    assert not document.of(Conclusion.POINTED)
    assert document.line == "Nothing points to a cause, as far as what was seen is to be believed"
    assert any("could not be proved" in reason for reason in document.reasons)


def test_a_healthy_world_that_cannot_be_seen_is_not_ruled_out(sweep: Sweep) -> None:
    """Without the log no cause that shows there is ruled out, and what is missing is named."""
    document = diagnosed(sweep, "bankid", "logs-denied")
    assert not document.of(Conclusion.POINTED)
    assert set(named(document, Conclusion.CANNOT_TELL)) == {f"BID-C{number}" for number in range(1, 7)}
    for cause in document.of(Conclusion.CANNOT_TELL):
        assert any("FilterLogEvents" in sentence for sentence in cause.missing)
    assert "cannot be told" in document.line


def _pairs() -> Iterator[tuple[str, str, str, list[str], str]]:
    """Rows of the table in docs/diagnosis.md: runbook, two incidents, who is named first and second, who is hidden."""
    for line in (HOME / "docs/diagnosis.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip(" `") for cell in line.strip("|").split("|")]
        if len(cells) == 5 and cells[0] in THERE:
            yield cells[0], cells[1], cells[2], cells[3].split(", "), cells[4]


PAIRS = tuple(_pairs())


def test_forty_pairs_are_published() -> None:
    """In at least forty of them both are named, eight of each runbook, none twice; each runbook's causes all occur."""
    both = [frozenset(row[1:3]) for row in PAIRS if not row[4]]
    assert len(both) == len(set(both)) >= 40
    for runbook in THERE:
        assert sum(row[0] == runbook for row in PAIRS) >= 8
    assert {cause for row in PAIRS for cause in row[3]} == {one.cause for one in INCIDENTS.values()}


@pytest.mark.parametrize(("runbook", "one", "other", "first", "hidden"), PAIRS)
def test_two_causes_at_once(sweep: Sweep, runbook: str, one: str, other: str, first: list[str], hidden: str) -> None:
    """Both are the first two, in the published order, and both are said in the answer; or one is said to be hidden."""
    assert {INCIDENTS[one].cause, INCIDENTS[other].cause} == {*first, *filter(None, [hidden])}
    document = diagnosed(sweep, runbook, one, other)
    why = {cause.cause: [sign.said for sign in cause.signs] for cause in document.causes}
    assert named(document, Conclusion.POINTED)[: len(first)] == first, why
    assert all(cause in document.line for cause in first)
    if hidden:
        (masked,) = (cause for cause in document.of(Conclusion.CANNOT_TELL) if cause.cause == hidden)
        assert first[0] in masked.hidden_by


def test_no_secret_is_in_the_document(sweep: Sweep) -> None:
    """None of the secrets that the run has held stands in it."""
    document = diagnosed(sweep, "bankid", "bankid-secret-renewed")
    text = document.to_json()
    held = {name: value for name, value in sweep.observatory.reach.held.items() if name not in NO_SECRETS}
    assert held
    assert not [name for name, value in held.items() if len(value) >= SHORTEST and value in text]
    assert Diagnosis.from_json(text) == document
    jsonschema.validate(json.loads(text), SCHEMA)


def test_the_published_schema_is_the_one_in_force() -> None:
    """docs/diagnosis.schema.json is what the code writes; `golive schema --diagnosis` renews it."""
    assert Diagnosis.model_json_schema(by_alias=True) == SCHEMA


# -- as a person types it ---------------------------------------------------------------------------------------------


def test_a_diagnosis_is_no_gate(project: Project) -> None:
    """It writes its document, its Markdown and its page, and neither a record nor a manifest."""
    ran = project.run("-m", "diagnose_bankid", "--since", "12m", "--fault", "bankid-callback-moved")
    assert ran.status == 1, ran.terminal
    assert (ran.record, ran.manifest) == (None, False)
    assert not (project.home / "reports/latest").exists()
    (folder,) = (project.home / "reports/rehearsal/diagnosis-bankid").iterdir()
    assert {path.name for path in folder.iterdir()} == {"diagnosis.json", "diagnosis.md", "diagnosis.html"}
    document = Diagnosis.from_json((folder / "diagnosis.json").read_bytes())
    assert document.causes[0].cause == "BID-C3"
    assert document.line in ran.terminal
    for name in ("diagnosis.md", "diagnosis.html"):
        text = (folder / name).read_text(encoding="utf-8")
        assert "BID-C3" in text
        assert "source.json" in text, "the remedy's commands are there"
    screen = ran.terminal.partition(document.line)[2].splitlines()
    first = "\n".join(screen[:30])
    for words in ("certain:", "by now:", "way around:", "do (", "15 min to repair"):
        assert words in first


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "runs of their own"),
        (("-m", "golive or diagnose_bankid"), "runs of their own"),
        (("-m", "diagnose_bankid", "--act"), "leave out --act"),
        (("-m", "diagnose_bankid", "--partial", "--digest", f"sha256:{'0' * 64}"), "leave out --partial and --digest"),
        (("-m", "golive", "--since", "12m"), "only a diagnosis knows --since"),
        (("-m", "diagnose_bankid", "--since", "yesterday"), "say how long ago it began"),
        (("-m", "diagnose_bankid", "--since", "9d"), "at most 7 days ago"),
        (("-m", "diagnose_bankid", "--since", "0m"), "before now"),
        (("-m", "diagnose_bankid", "--env", "production", "--fault", "bankid-outage"), "--fault breaks the twin"),
        (("-m", "diagnose_bankid", "--fault", "bankid-outtage"), "did you mean bankid-outage"),
    ],
)
def test_wrong_usage_is_said_in_a_sentence(project: Project, arguments: tuple[str, ...], said: str) -> None:
    """Exit status 4, one sentence, and nothing is written."""
    ran = project.run(*(arguments or ("features",)))
    assert ran.status == 4, ran.terminal
    assert said in ran.terminal
    assert not list((project.home / "reports").glob("rehearsal/**/*.json"))


FEATURE = "features/diagnosis/bankid.feature"
CREDENTIALS = "Then BankID takes the credentials (a no is certain)"
WRONG = {
    "strength is not said": (CREDENTIALS, "Then BankID takes the credentials", "how strong a no is"),
    "nobody knows the sentence": (CREDENTIALS, "Then BankID is kind (a no is certain)", "no step says"),
    "a look has no strength": (
        "When a login is started twice\n    Then a login",
        "When a login is started twice (a no is weak)\n    Then a login",
        "no step says",
    ),
    "a cause of another runbook": ("@BID-C2", "@SWAN-C2", "SWAN-C2 is no cause of this runbook"),
    "a cause twice": ("@BID-C2", "@BID-C3", "BID-C3 has 2 scenarios"),
}


@pytest.mark.parametrize("case", WRONG)
def test_features_that_cannot_be_trusted_rule_nothing_out(project: Project, case: str) -> None:
    """Where a feature is wrong, every cause is one that cannot be told, with the reason."""
    old, new, said = WRONG[case]
    project.edit(FEATURE, old, new)
    ran = project.run("-m", "diagnose_bankid", "--json")
    assert ran.status == 1, ran.terminal
    assert said in ran.terminal
    (path,) = (project.home / "reports/rehearsal/diagnosis-bankid").glob("*/diagnosis.json")
    assert {cause["conclusion"] for cause in json.loads(path.read_text())["causes"]} == {"cannot-tell"}


def test_a_diagnosis_never_acts(project: Project) -> None:
    """A scenario that would take a snapshot takes none: its cause cannot be told, and no act is in the evidence."""
    project.edit(
        FEATURE,
        "    When a login is started twice\n",
        '    When a snapshot called "drop-db-pre-launch-YYYYMMDD-HHMM" is there, or is taken\n'
        "    When a login is started twice\n",
    )
    ran = project.run("-m", "diagnose_bankid", "--json")
    assert ran.status == 1, ran.terminal
    (path,) = (project.home / "reports/rehearsal/diagnosis-bankid").glob("*/diagnosis.json")
    document = Diagnosis.from_json(path.read_bytes())
    assert not [one for one in document.evidence if one.act and one.error_kind is None]
    assert "BID-C2" in {cause.cause for cause in document.of(Conclusion.CANNOT_TELL)}


@pytest.mark.parametrize("lock", ["another digest", "rubbish", "none"])
def test_a_cause_that_is_not_as_it_was_reviewed_is_not_ruled_out(project: Project, lock: str) -> None:
    """With another text than the lock holds, a healthy world is not silent; what is wrong stands at the top."""
    path = project.home / "features/diagnosis/causes.lock"
    if lock == "another digest":
        project.edit(
            FEATURE,
            'at most 2 failures of BankID are of the kind "states"',
            'at most 9 failures of BankID are of the kind "states"',
        )
    elif lock == "rubbish":
        path.write_text("BID-C4 =", encoding="utf-8")
    else:
        path.unlink()
    ran = project.run("-m", "diagnose_bankid")
    assert ran.status == 1, ran.terminal
    assert "Nothing that could be seen points to a cause" in ran.terminal
    assert "! not as features/diagnosis/causes.lock holds them, so never ruled out:" in ran.terminal
    assert ("! features/diagnosis/causes.lock: cannot be read" in ran.terminal) == (lock == "rubbish")
    assert ("cannot tell: BID-C1" in ran.terminal) == (lock != "another digest")
    assert "cannot tell: BID-C4" in ran.terminal


def test_less_than_the_diagnosis_rules_out_no_more_than_it_saw(project: Project) -> None:
    """With -k the other causes are not selected, so they cannot be told, and the exit status is 1."""
    ran = project.run("-m", "diagnose_bankid", "-k", "state")
    assert ran.status == 1, ran.terminal
    assert ran.terminal.count("not selected in this run") == 5


def test_the_gate_says_of_no_item_how_strong_a_no_is(project: Project) -> None:
    """A strength in a scenario of the checklist is a reason for NO-GO: there a no is a no."""
    project.edit("features/golive/2.4-domain-and-tls.feature", "exactly\n", "exactly (a no is weak)\n")
    ran = project.run("-m", "golive", "-k", "HTTPS")
    assert ran.status == 1
    assert "only a diagnosis says how strong a no is" in ran.terminal
