"""The log since an incident began: counted whole, of the right time, through every page, and never quoted."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from golive.errors import CannotTell, Denied, NothingExamined, Overloaded, ProbeError, Unreadable
from golive.probes import journal
from golive.probes.journal import FailuresLogged, Journal
from golive.twin import aws
from golive.twin.cloud import LOG_GROUP, Line
from golive.twin.wire import Answer, Question

from .backstage import Backstage
from .town import again

HOUR = timedelta(hours=1)


def look(ago: timedelta = HOUR) -> FailuresLogged:
    """The look, of an incident that began that long *ago*."""
    return FailuresLogged(LOG_GROUP, datetime.now(UTC) - ago)


def say(backstage: Backstage, *lines: Line | str, **cloud: Any) -> None:
    """Let the application have said these lines, and nothing else."""
    told = [Line(timedelta(minutes=5), line) if isinstance(line, str) else line for line in lines]
    backstage.cloud(lambda one: replace(one.saying(*told, goes_on=False).watching(None), **cloud))


def test_failures_are_counted_by_whom_they_hit(backstage: Backstage) -> None:
    """By kind and partner, with codes, banks, flows and different customers; who is not named is counted apart."""
    say(
        backstage,
        *(
            json.dumps({"event": "aisp.balance", "code": "CONSENT_EXPIRED", "bank": bank, "userId": user})
            for bank, user in (("DNB", 3), ("DNB", 3), ("Nordea", 4))
        ),
        "AISP consent expired",
        json.dumps({"event": "payment", "code": "INVALID_IBAN", "flow": "qr-payment", "userId": 9}),
        json.dumps({"event": "request", "status": 200}),
    )
    seen: Journal = backstage.look(look())
    (consents,) = seen.of("consents", "AISP")
    assert (consents.count, consents.customers, consents.unnamed) == (4, 2, 1)
    assert consents.codes == {"CONSENT_EXPIRED": 4}
    assert consents.banks == {"DNB": 2, "Nordea": 1}
    (recipients,) = seen.of("recipients")
    assert (recipients.topic, recipients.flows) == ("PISP", {"QR payment": 1})
    assert (seen.events, seen.whole, seen.texts) == (6, True, 1)
    assert seen.of("consents", "PISP") == ()
    assert again(seen) == seen


def test_no_line_and_nobody_is_quoted(backstage: Backstage) -> None:
    """Names, addresses and account numbers in the log stay there."""
    say(
        backstage,
        "AML sanctions match: Kari Nordmann, born 1980, kari@example.no",
        json.dumps({"code": "INVALID_IBAN", "userId": "kari@example.no", "iban": "NO9386011117947", "bank": "Kari's"}),
        "Bank API unavailable: kari@example.no",
    )
    told = repr(backstage.look(look())).lower()
    assert "kari" not in told
    assert "no9386011117947" not in told
    assert "example" not in told


def test_events_that_cannot_be_parsed_are_counted(backstage: Backstage) -> None:
    """What breaks off is counted as that, and its words are read; what is no text at all does not stop the look."""
    say(
        backstage,
        '{"level": "error", "code": "CONSENT_EXPIRED", "us',
        '{"level": "inf',
        "\x00\x01\ufffd",
        '{"code": "CONSENT_EXPIRED", "x": NaN, "y": "\\ud800"}',
        json.dumps({"event": "request", "status": 200}),
        json.dumps(["CONSENT_EXPIRED"]),
    )
    seen: Journal = backstage.look(look())
    assert sum(one.count for one in seen.of("consents")) == 3
    assert (seen.events, seen.broken, seen.texts) == (6, 1, 1)


@pytest.mark.parametrize("page", [0, 7, 1], ids=["one page", "some", "one event each"])
def test_every_page_is_read(backstage: Backstage, page: int) -> None:
    """Through pages of any size, the empty ones among them, in which AWS found nothing, too."""
    lines = [
        Line(
            timedelta(seconds=900 - number),
            json.dumps({"event": "aisp.balance", "code": "CONSENT_EXPIRED", "userId": number})
            if number % 9 == 0
            else json.dumps({"event": "request", "status": 200, "nr": number}),
        )
        for number in range(60)
    ]
    say(backstage, *lines, log_page=page)
    seen: Journal = backstage.look(look())
    (consents,) = seen.of("consents")
    assert (seen.events, consents.count, consents.customers) == (60, 7, 7)


def test_a_flood_is_read_in_part_and_said_to_be(backstage: Backstage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where everything fails there is no time to count it all: so many events, and that there are more."""
    monkeypatch.setattr(journal, "MOST_READ", 20)
    lines = [json.dumps({"event": "aisp.balance", "code": "CONSENT_EXPIRED", "nr": number}) for number in range(60)]
    say(backstage, *lines, log_page=7)
    seen: Journal = backstage.look(look())
    (consents,) = seen.of("consents")
    assert (seen.events, seen.whole) == (20, False)
    assert consents.count >= 20
    say(backstage, *(json.dumps({"event": "request", "id": f"{number:06d}"}) for number in range(60)), lines[0])
    seen = backstage.look(look())
    assert (seen.events, seen.whole) == (20, True)
    assert seen.of("consents")[0].count == 1


def test_only_what_was_said_in_time_counts(backstage: Backstage) -> None:
    """From the instant at which it began, that instant included, and not a millisecond before."""
    began = (datetime.now(UTC) - timedelta(minutes=30)).replace(microsecond=0)
    now = backstage.town.healthy.now
    lines = [
        Line(now - began - away, json.dumps({"event": "aisp.balance", "code": "CONSENT_EXPIRED", "nr": str(away)}))
        for away in (timedelta(milliseconds=-1), timedelta(), timedelta(milliseconds=1), timedelta(minutes=9))
    ]
    say(backstage, *lines)
    seen: Journal = backstage.look(FailuresLogged(LOG_GROUP, began))
    (consents,) = seen.of("consents")
    assert (seen.events, consents.count) == (3, 3)
    assert (consents.first, consents.last) == (began, began + timedelta(minutes=9))
    assert seen.since == began


def test_what_is_still_to_come_is_not_asked(backstage: Backstage) -> None:
    """An incident that begins later has no log."""
    with pytest.raises(NothingExamined, match="still to come"):
        backstage.look(look(-HOUR))


def test_a_silent_log_rules_nothing_out(backstage: Backstage) -> None:
    """No event at all, or no such group, is not "no failure"."""
    say(backstage, Line(timedelta(hours=2), "long ago"))
    with pytest.raises(NothingExamined, match="nothing was said"):
        backstage.look(look())
    with pytest.raises(NothingExamined, match="no such log group"):
        backstage.look(FailuresLogged("/aws/apprunner/drop-production", datetime.now(UTC) - HOUR))


def test_a_log_of_any_group_is_noticed(backstage: Backstage) -> None:
    """Where a group that does not exist has events, the right one's say nothing."""
    backstage.cloud(lambda cloud: replace(cloud, any_log=True))
    with pytest.raises(CannotTell, match="does not exist"):
        backstage.look(look())


def test_a_search_that_finds_nothing_at_all_is_noticed(backstage: Backstage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pattern must find what was told a moment before; else "none" would be the answer to everything."""

    def deaf(question: Question, answer: Answer) -> Answer:
        if question.operation != "FilterLogEvents" or not json.loads(question.body).get("filterPattern"):
            return answer
        return replace(answer, body=json.dumps({**json.loads(answer.body), "events": []}).encode())

    monkeypatch.setattr(aws, "filtered", deaf)
    with pytest.raises(CannotTell, match="does not find it"):
        backstage.look(look())


def test_whoever_does_not_filter_does_not_lead_us_astray(backstage: Backstage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same answer where every event comes back whatever was asked for."""
    began = datetime.now(UTC) - HOUR
    right: Journal = backstage.look(FailuresLogged(LOG_GROUP, began))
    monkeypatch.setattr(aws, "filtered", lambda _, answer: answer)
    seen: Journal = backstage.look(FailuresLogged(LOG_GROUP, began))
    assert seen.failing == right.failing
    assert seen.failing


@pytest.mark.parametrize(
    ("ailment", "kind"),
    [("denied", Denied), ("throttled", Overloaded), ("expired", Denied), ("garbage", Unreadable)],
)
def test_trouble_on_the_way_is_unknown(backstage: Backstage, ailment: str, kind: type[ProbeError]) -> None:
    """Each with its kind, so that a diagnosis says what it could not see."""
    backstage.ail(logs=ailment)
    with pytest.raises(kind):
        backstage.look(look())


def test_what_is_asked_again_is_counted_once(backstage: Backstage) -> None:
    """An event that two patterns find is one event."""
    say(backstage, json.dumps({"event": "aisp.balance", "code": "CONSENT_EXPIRED", "message": "timed out, HTTP 503"}))
    seen: Journal = backstage.look(look())
    assert [(one.kind, one.count) for one in seen.failing] == [("consents", 1)]
