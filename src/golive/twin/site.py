"""
Drop's own site and API as one frozen value, as App Runner serves them: three host names at two addresses, HTTPS, and
plain HTTP that only sends on. `golive.twin.siteface` puts it on the wire.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from golive.twin import pages
from golive.twin.disclosure import Disclosure
from golive.twin.receiver import Webhook
from golive.twin.web import Ailment

APEX = "getdrop.no"
HOSTS = (APEX, "www.getdrop.no", "9ef3szvvsb.eu-west-1.awsapprunner.com")
ADDRESSES = ("192.0.2.10", "192.0.2.11")
ELSEWHERE = "203.0.113.77"
EDGES = ("203.0.113.160", "203.0.113.161")  # CloudFront's, where names lead to it

HSTS = "max-age=63072000; includeSubDomains; preload"

Group = Literal["page", "api", "error", "asset", "redirect", "plain"]
"""What kind of answer it is. "redirect" is one over HTTPS; "plain" is everything on port 80."""

Early = Literal["header cookie", "script cookie", "storage"]

SIGN_UP = "/bli-kunde"
BALANCE = "/api/accounts/balance"


@dataclass(frozen=True, slots=True)
class Health:
    """What `/api/health` answers; *body*, if any, in place of all the rest."""

    version: str
    status: str = "ok"
    db: str = "pass"
    up_for: timedelta = timedelta(hours=6)
    enveloped: bool = True
    status_code: int = 200
    content_type: str = "application/json"
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Login:
    """The button on the landing page, and the request that it sends the visitor to BankID with."""

    client_id: str
    endpoint: str = "https://auth.bankid.no/auth/realms/prod/precheck/auth"
    redirect_uri: str = "https://getdrop.no/api/auth/bankid/callback"
    scope: str = "openid profile"
    response_type: str = "code"
    challenge_method: str = "S256"
    status: int = 302
    fresh: bool = True
    repeats: frozenset[str] = frozenset()  # what is the same each time although the rest is fresh
    omits: frozenset[str] = frozenset()
    short: bool = False  # state and nonce are new, and soon guessed
    adds: tuple[tuple[str, str], ...] = ()
    as_json: bool = False  # answers 200 with the address instead of a redirect
    password: bool = False  # e-mail and password are taken as well, at /api/auth/login
    password_shown: bool = True  # to who asks there by another method: 405, and not 404 as if nothing were there
    text: str = "Logg inn med BankID"
    link: str = "/api/auth/bankid/initiate"


@dataclass(frozen=True, slots=True)
class Consent:
    """How the visitor is asked about cookies, and whether the answer is waited for and heeded."""

    asked: bool = True
    shape: Literal["dialog", "region", "shadow root"] = "dialog"  # how the question stands on the page
    about: Literal["cookies", "newsletter"] = "cookies"
    refusal: Literal["first layer", "second layer", "nowhere"] = "first layer"
    equally_prominent: bool = True
    ticked_box: bool = False
    early: frozenset[Early] = frozenset()
    heeds_refusal: bool = True


@dataclass(frozen=True, slots=True)
class Redirect:
    """What plain HTTP is told. *targets* is the origin per host; without one it is the same host on HTTPS."""

    status: int = 301
    targets: Mapping[str, str] = field(default_factory=dict)
    keeps_path: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """A page inside the common frame."""

    title: str
    body: str
    status: int = 200
    lang: str = "nb"
    content_type: str = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that the site shows."""

    health: Health
    login: Login
    webhook: Webhook
    settings: Mapping[str, str]  # that were built in
    pages: Mapping[str, Page]
    not_found: Page
    hsts: Mapping[Group, tuple[str, ...]]
    headers: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, str], ...]
    consent: Consent = Consent()
    disclosure: Disclosure = field(default_factory=Disclosure)
    plain: Redirect = Redirect()
    moved: Mapping[str, str] = field(default_factory=dict)
    private: tuple[str, ...] = ("/dashboard",)
    private_leads_to: str = "/"  # where strangers are sent who come there
    sign_up_leads_to: str = "/"  # until it is opened
    missing_leads_to: str = ""  # where whoever opens a page that does not exist is sent, if anywhere
    unpromised: frozenset[str] = frozenset()  # hosts that send no promise of HTTPS
    posts_forbidden: bool = False  # by something in front of it
    lets_in: frozenset[str] = frozenset()  # what of a member's is shown to anybody
    busy: frozenset[str] = frozenset()  # paths that more people ask for than it can bear
    opened: bool = False  # to everybody; until then strangers cannot become customers
    head: str = ""
    script: str = ""
    bundle_missing: bool = False
    inlined: bool = False  # the build wrote each setting's value in the place of its name
    at_start: Mapping[str, str] = field(default_factory=dict)  # settings that pages hand to the script, past any build
    dead_addresses: frozenset[str] = frozenset()
    clock_shift: timedelta = timedelta()
    ailment: Ailment = ""
    delay: float = 0.0


def healthy(commit: str, client_id: str, webhook_secret: str) -> Site:
    """The site as it must be on the day of the launch."""
    held_back = ("VIRTUAL_CARDS", "PHYSICAL_CARDS", "CARD_DETAILS", "CARD_FREEZE", "CARD_PIN", "SPENDING_LIMITS")
    everywhere: tuple[Group, ...] = ("page", "api", "error", "asset", "redirect")
    return Site(
        health=Health(version=commit),
        login=Login(client_id),
        webhook=Webhook(webhook_secret),
        settings={
            "NEXT_PUBLIC_SERVICE_MODE": "production",
            "NEXT_PUBLIC_APP_URL": "https://getdrop.no",
            "NEXT_PUBLIC_FF_NOTIFICATIONS": "true",
            "NEXT_PUBLIC_FF_MERCHANT_DASHBOARD": "true",
            **{f"NEXT_PUBLIC_FF_{flag}": "false" for flag in held_back},
        },
        pages={
            "/": Page("Drop: betal rett fra bankkontoen", pages.LANDING),
            "/vilkaar": Page("Vilkår for bruk av Drop", pages.TERMS),
            "/personvern": Page("Personvernerklæring", pages.PRIVACY),
            "/klage": Page("Klage", pages.COMPLAINT),
            SIGN_UP: Page("Bli kunde", pages.SIGN_UP),
        },
        not_found=Page("Fant ikke siden", pages.NOT_FOUND, status=404),
        hsts=dict.fromkeys(everywhere, (HSTS,)),
        headers=(
            ("Content-Security-Policy", "default-src 'self'; form-action 'self'; frame-ancestors 'none'"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
            ("Referrer-Policy", "strict-origin-when-cross-origin"),
            ("Permissions-Policy", "camera=(self), geolocation=(), microphone=()"),
        ),
        links=(("/vilkaar", "Vilkår"), ("/personvern", "Personvern"), ("/klage", "Klage")),
    )
