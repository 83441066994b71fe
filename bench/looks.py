"""The looks of the generated scenarios: the gate's own probes, or as many questions that cost nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bench.target import HEADER, ISSUER, WEB
from golive.probes.certificate import Served, ServedCertificate, Shown
from golive.probes.look import Look
from golive.probes.names import Issuers, IssuersAllowed
from golive.probes.reach import Reach
from golive.probes.web import Answer, Page

PAGE, NAME, HANDSHAKE = (
    'the page "{path}" of "{host}"',
    'the issuers allowed for "{name}"',
    'the certificate of "{host}"',
)
ANSWERED, PROMISED = "it is answered with 200", "it promises HTTPS"
ISSUED, RESTRICTED = "its own authority may issue for it", "nobody else may"
TRUSTED, COVERED = "it is trusted", "it is for that name"

FAR = datetime(2040, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Known(Look[Any]):
    """What a look of another kind would see, known without asking."""

    kind: str
    subject: str

    @property
    def source(self) -> str:
        return self.subject

    @property
    def host(self) -> str:
        return self.subject

    def observe(self, reach: Reach) -> Any:  # noqa: ARG002  # nothing is asked
        """Costs nothing."""
        match self.kind:
            case "page":
                return Answer(self.subject, 200, ((HEADER[0].lower(), HEADER[1]),))
            case "name":
                return Issuers(self.subject, self.subject, True, (ISSUER,))
        shown = Shown(WEB, (self.subject,), FAR, FAR, FAR, "EC secp256r1", 256, "sha256", "CN=known", "", "")
        return Served(self.subject, (shown,), ())


def look_at_page(host: str, path: str, free: bool = False) -> Look[Answer]:
    """One HTTPS request."""
    return Known("page", f"https://{host}{path}") if free else Page(f"https://{host}{path}")


def look_at_name(name: str, free: bool = False) -> Look[Issuers]:
    """One DNS question."""
    return Known("name", name) if free else IssuersAllowed(name)


def look_at_certificate(host: str, free: bool = False) -> Look[Served]:
    """One TLS handshake."""
    return Known("certificate", host) if free else ServedCertificate(host)


# -- judgements, the same for every runner ----------------------------------------------------------------------------


def answered(page: Answer) -> None:
    assert page.status == 200, f"{page.url} answers {page.status}; it must be 200"


def promised(page: Answer) -> None:
    assert page.every(HEADER[0]) == (HEADER[1],), f"{page.url} sends {page.every(HEADER[0])}; it must be {HEADER[1]}"


def issued(issuers: Issuers) -> None:
    assert ISSUER in issuers.allowed, f"{issuers.name} allows {issuers.allowed}; {ISSUER} must be among them"


def restricted(issuers: Issuers) -> None:
    assert issuers.allowed == (ISSUER,), f"{issuers.name} allows {issuers.allowed}; it must be {ISSUER} alone"


def trusted(served: Served) -> None:
    assert not any(shown.distrusted for shown in served.shown), f"{served.host} is not trusted; it must be"


def covered(served: Served) -> None:
    assert served.covers_host, f"{served.host} shows a certificate for {served.names}; it must be for that name"
