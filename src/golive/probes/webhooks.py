"""
The receiver of Sumsub's reports, asked as a forger would and as Sumsub does.

Sumsub signs the bytes of the body with the key of the webhook, and says in a header by which algorithm
(https://docs.sumsub.com/docs/webhook-manager). Every report here speaks of an applicant who cannot exist, says that the
review ended badly and may be repeated, and bears the mark of the sandbox: nobody could be let in by it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from golive.errors import CannotTell, ProbeError
from golive.probes.http import exchange
from golive.probes.look import Act, Look, Permission
from golive.probes.postgres import users_by_standing
from golive.probes.registrations import Webhooks, signing_keys
from golive.probes.secrets import text_of
from golive.probes.session import to_read
from golive.probes.sumsub import SECRET, RegisteredWebhooks, nobody
from golive.probes.together import together

if TYPE_CHECKING:
    from golive.environment import Environment
    from golive.probes.reach import Reach

_HASHES: Mapping[str, Callable[..., Any]] = {
    "HMAC_SHA256_HEX": hashlib.sha256,
    "HMAC_SHA512_HEX": hashlib.sha512,
    "HMAC_SHA1_HEX": hashlib.sha1,
}
_NOTHING_THERE = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE)


@dataclass(frozen=True, slots=True)
class Answered:
    """The status with which an address answered."""

    url: str
    status: int

    @property
    def refused(self) -> bool:
        """Whether it said that the sender is not who it claims to be."""
        return self.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)

    @property
    def taken(self) -> bool:
        """Whether it took the report, as Sumsub understands it."""
        return self.status // 100 == 2

    @property
    def nothing_there(self) -> bool:
        """Whether nobody takes reports there."""
        return self.status in _NOTHING_THERE or self.status // 100 == 3


@dataclass(frozen=True, slots=True)
class Forgeries:
    """What became of reports that Sumsub did not sign, by how they were forged, and of an unsigned one elsewhere."""

    source: str
    answers: Mapping[str, tuple[Answered, ...]]
    unseen: Mapping[str, str]  # forgery → why it could not be tried
    elsewhere: tuple[Answered, ...]

    @property
    def receivers(self) -> tuple[str, ...]:
        """The addresses that were tried."""
        return tuple(sorted({answer.url for answers in self.answers.values() for answer in answers}))


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a receiver said to a report that is rightly signed, the first time and the second."""

    first: Answered
    second: Answered


@dataclass(frozen=True, slots=True)
class Delivered:
    """What rightly signed reports came to; the users of the database by their `kyc_status`, before and after."""

    source: str
    applicant: str  # who does not exist
    deliveries: tuple[Delivery, ...]
    before: Mapping[str, int]
    after: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _OfReceiver:
    @property
    def source(self) -> str:
        """What is asked."""
        return "the receiver of Sumsub's reports"

    @property
    def host(self) -> str:
        """The product, as other looks at it."""
        return "sumsub webhook"


@dataclass(frozen=True, slots=True)
class NoSuchReceiver(Look[Answered]):
    """The control: is a report at an address beside *receiver*, where nobody can be, answered as by nobody?"""

    receiver: str

    @property
    def source(self) -> str:
        """Where."""
        return self.receiver

    @property
    def host(self) -> str:
        """The product."""
        return urlsplit(self.receiver).hostname or ""

    def observe(self, reach: Reach) -> Answered:
        """CannotTell where an unsigned report is refused, or taken, wherever it is sent."""
        answered = _post(reach, urljoin(self.receiver, f"golive-{secrets.token_hex(8)}"), _report(nobody()), {})
        if not answered.nothing_there:
            raise CannotTell(
                self.receiver,
                f"an address beside it, where nobody is, answers {answered.status} to a report: something in front of "
                "both answers, and of the receiver that says nothing",
            )
        return Answered(self.receiver, answered.status)


@dataclass(frozen=True, slots=True)
class ForgedReports(_OfReceiver, Look[Forgeries]):
    """Does the receiver that Sumsub has registered refuse what Sumsub did not sign?"""

    service_arn: str

    def observe(self, reach: Reach) -> Forgeries:
        """
        One report for each way to forge it; then an unsigned one at each other address that the documents name.

        ProbeError where Sumsub sends to no address of ours.
        """
        webhooks = _registered(reach)
        for url in webhooks.receivers:
            reach.ask(NoSuchReceiver(url))
        unseen: dict[str, str] = {}
        keys = _told(lambda: signing_keys(reach, webhooks), unseen, *_WITH_THE_KEY)
        app = _told(lambda: text_of(reach, self.service_arn, SECRET), unseen, _BY_THE_APP)
        forged = [
            (way, url, body, headers)
            for url in webhooks.receivers
            for way, (body, headers) in _forged(keys[url] if keys else ("", ""), app or "").items()
            if way not in unseen
        ]
        forged += [("", url, _report(nobody()), {}) for url in _others(reach, webhooks)]
        given = together(lambda one: _post(reach, *one[1:]), forged)
        answers: dict[str, tuple[Answered, ...]] = {}
        for (way, *_), answer in zip(forged, given, strict=True):
            answers[way] = (*answers.get(way, ()), answer)
        others = answers.pop("", ())
        return Forgeries(", ".join(webhooks.receivers), answers, unseen, others)


@dataclass(frozen=True, slots=True)
class SignedReport(_OfReceiver, Act[Delivered]):
    """Does the receiver take what Sumsub signs, and does it change nothing where nobody is concerned?"""

    @property
    def effect(self) -> str:
        """What it does."""
        return (
            "sends Drop a report in Sumsub's name, rightly signed, on an applicant that does not exist, twice; "
            "at most a line in Drop's log stays"
        )

    def stays(self, seen: Any) -> str:
        """Nothing but what Drop writes of the applicant's number."""
        return f"in Drop's log may stay a line about the applicant {seen.applicant}"

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """To count the users."""
        return to_read(environment, "users (kyc_status)")

    def observe(self, reach: Reach) -> Delivered:
        """The users are counted first: where they cannot be, nothing is sent."""
        webhooks = _registered(reach)
        keys = signing_keys(reach, webhooks)
        before = users_by_standing(reach)
        applicant, deliveries = nobody(), []
        for url, (key, algorithm) in keys.items():
            body = _report(applicant)
            headers = _signed(key, algorithm, body)
            first = _post(reach, url, body, headers)
            deliveries.append(Delivery(first, _post(reach, url, body, headers)))
        return Delivered(", ".join(webhooks.receivers), applicant, tuple(deliveries), before, users_by_standing(reach))


UNSIGNED = "unsigned"
_BY_THE_APP = f"signed with {SECRET}"
_SPACES = "signed before its spaces were changed"
_ALTERED = "altered after signing"
_UNHEARD = "signed by an algorithm that nobody knows"
_SHA1 = "signed with SHA-1"
_WITH_THE_KEY = (_SPACES, _ALTERED, _UNHEARD, _SHA1)


def _forged(signing: tuple[str, str], app: str) -> Mapping[str, tuple[bytes, dict[str, str]]]:
    """Every way in which a report can be sent that Sumsub did not sign; *signing*: its key, its algorithm."""
    key, algorithm = signing
    body = _report(nobody())
    # As a program writes it that signs what it understood, and not the bytes that came.
    written_again = json.dumps(json.loads(body), separators=(",", ":")).encode()
    altered = body.replace(b'"applicantReviewed"', b'"applicantRevieved"', 1)
    algorithm = algorithm if algorithm in _HASHES else "HMAC_SHA256_HEX"
    return {
        UNSIGNED: (body, {}),
        "signed with another key": (body, _signed(secrets.token_urlsafe(24), algorithm, body)),
        _BY_THE_APP: (body, _signed(app, algorithm, body)),
        _SPACES: (body, _signed(key, algorithm, written_again)),
        _ALTERED: (altered, _signed(key, algorithm, body)),
        _UNHEARD: (body, {**_signed(key, algorithm, body), "X-Payload-Digest-Alg": "HMAC_GOLIVE_HEX"}),
        _SHA1: (body, _signed(key, "HMAC_SHA1_HEX", body)),
    }


def _signed(key: str, algorithm: str, body: bytes) -> dict[str, str]:
    digest = hmac.new(key.encode(), body, _HASHES[algorithm]).hexdigest()
    return {"X-Payload-Digest": digest, "X-Payload-Digest-Alg": algorithm}


def _report(applicant: str) -> bytes:
    """A report as Sumsub writes it, with spaces, which a receiver that verifies the bytes does not mind."""
    mark = f"golive-{applicant[8:]}"
    said = {
        "applicantId": applicant,
        "inspectionId": applicant[::-1],
        "correlationId": mark,
        "externalUserId": mark,
        "levelName": "golive",
        "applicantType": "individual",
        "type": "applicantReviewed",
        "reviewStatus": "completed",
        "reviewResult": {"reviewAnswer": "RED", "reviewRejectType": "RETRY", "rejectLabels": []},
        "createdAtMs": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3],
        "sandboxMode": True,
        "clientId": "golive",
    }
    return json.dumps(said, indent=2).encode()


def _post(reach: Reach, url: str, body: bytes, headers: Mapping[str, str]) -> Answered:
    reply = exchange(reach, url, method="POST", headers={"Content-Type": "application/json", **headers}, content=body)
    return Answered(url, reply.status)


def _registered(reach: Reach) -> Webhooks:
    webhooks = reach.ask(RegisteredWebhooks())
    if not webhooks.receivers:
        raise ProbeError(webhooks.source, "it sends reports to no address of ours, so there is no receiver to ask")
    return webhooks


def _others(reach: Reach, webhooks: Webhooks) -> tuple[str, ...]:
    there = (f"https://{reach.environment.site.host}{path}" for path in reach.environment.sumsub.other_receivers)
    return tuple(url for url in there if url not in webhooks.receivers)


def _told(ask: Callable[[], Any], unseen: dict[str, str], *ways: str) -> Any:
    """What *ask* gives; where it cannot, None, and the reason for each of the *ways* that need it."""
    try:
        return ask()
    except ProbeError as exc:
        unseen.update(dict.fromkeys(ways, str(exc)))
        return None
