"""A stand-in for the page on which Amazon publishes the addresses of its services, https://ip-ranges.amazonaws.com/."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from golive.twin.authority import Authority, Certificate, pick
from golive.twin.web import Ailment, Door, Front, Mood

HOST = "ip-ranges.amazonaws.com"
ADDRESS = "192.0.2.80"


@dataclass(frozen=True, slots=True)
class Published:
    """What the page shows; *cloudfront* are CloudFront's ranges, and *instead* is shown in place of it all."""

    cloudfront: tuple[str, ...] = ("203.0.113.160/28", "2001:db8:cf::/48")
    instead: str | None = None
    status: int = 200
    ailment: Ailment = ""
    delay: float = 0.0

    @property
    def text(self) -> str:
        """As Amazon writes it; most of it is of other services."""
        if self.instead is not None:
            return self.instead
        shown = [
            # Which cover CloudFront's, as the real ones do, and the service's; and its way to the origins.
            *(("AMAZON", network) for network in ("192.0.2.0/24", "203.0.113.0/24", "2001:db8::/32")),
            *(("CLOUDFRONT", network) for network in self.cloudfront),
            ("CLOUDFRONT_ORIGIN_FACING", "198.51.100.160/28"),
            ("EC2", "192.0.2.0/24"),
        ]
        of = {"region": "GLOBAL", "network_border_group": "GLOBAL"}
        said = {
            "syncToken": "1772442184",
            "createDate": "2026-03-02-09-03-04",
            "prefixes": [
                {"ip_prefix": network, **of, "service": service} for service, network in shown if ":" not in network
            ],
            "ipv6_prefixes": [
                {"ipv6_prefix": network, **of, "service": service} for service, network in shown if ":" in network
            ],
        }
        return json.dumps(said, indent=2)


class RangesFace(Front):
    """The page on the wire."""

    def __init__(
        self,
        published: Callable[[], Published],
        certificates: Callable[[], Mapping[str, Certificate]],
        authority: Authority,
    ) -> None:
        async def application(scope: Scope, receive: Receive, send: Send) -> None:
            await _answer(published(), Request(scope))(scope, receive, send)

        super().__init__(
            {Door(ADDRESS, 443): application},
            lambda _: Mood(published().ailment, published().delay),
            lambda host: authority.context(pick(certificates(), host, HOST)),
        )


def _answer(published: Published, request: Request) -> Response:
    if (request.method, request.url.path) != ("GET", "/ip-ranges.json"):
        return PlainTextResponse("Not Found", 404)
    return Response(published.text, published.status, media_type="application/json")
