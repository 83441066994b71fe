"""Faults of the site and of its health."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from golive.twin.faults.kin import BUNDLE
from golive.twin.faults.register import breaks
from golive.twin.site import HSTS, Group, Redirect
from golive.twin.world import World

HEALTH = ("GL-2.2.1", "GL-3.1.2", "GL-3.3.4", "GL-5.3.1")


def _site(world: World, **changes: Any) -> World:
    return replace(world, site=replace(world.site, **changes))


def asking(world: World, *scripts: str) -> World:
    """*world* with a site that lets its pages ask anybody, and *scripts* of others on each of them."""
    others = "".join(f'<script src="{script}" async></script>\n' for script in scripts)
    free = tuple(header for header in world.site.headers if header[0] != "Content-Security-Policy")
    return _site(world, headers=free, head=world.site.head + others)


def _promising(world: World, **by_group: tuple[str, ...]) -> World:
    kept: Mapping[Group, tuple[str, ...]] = {**world.site.hsts, **by_group}  # type: ignore[dict-item]
    return _site(world, hsts=kept)


@breaks(unmet=["GL-2.4.4"])
def hsts_sent_twice(world: World) -> World:
    """A proxy and the application both send the promise of HTTPS."""
    return _promising(world, **dict.fromkeys(world.site.hsts, (HSTS, HSTS)))


@breaks(unmet=["GL-2.4.4"])
def hsts_only_on_the_landing_page(world: World) -> World:
    """The promise of HTTPS is missing from the API and from error pages."""
    return _promising(world, api=(), error=())


@breaks(unmet=["GL-2.4.4"])
def hsts_missing_on_errors(world: World) -> World:
    """The promise of HTTPS is missing from error pages alone."""
    return _promising(world, error=())


@breaks(unmet=["GL-2.4.4"])
def hsts_age_in_another_directive(world: World) -> World:
    """The two years stand in a directive that browsers do not know; the one that counts says one day."""
    said = 'max-age=86400; includeSubDomains; preload; note="max-age=63072000"'
    return _promising(world, **dict.fromkeys(world.site.hsts, (said,)))


@breaks(unmet=["GL-2.4.4"])
def hsts_directive_twice(world: World) -> World:
    """The promise of HTTPS names its age twice, which makes it void."""
    said = "max-age=63072000; max-age=63072000; includeSubDomains; preload"
    return _promising(world, **dict.fromkeys(world.site.hsts, (said,)))


@breaks(unmet=["GL-2.4.4"])
def hsts_without_subdomains(world: World) -> World:
    """The promise of HTTPS leaves the subdomains out."""
    return _promising(world, **dict.fromkeys(world.site.hsts, ("max-age=63072000; preload",)))


@breaks(unmet=["GL-2.4.4"])
def hsts_missing_on_www(world: World) -> World:
    """The promise of HTTPS is missing from www.getdrop.no."""
    return _site(world, unpromised=frozenset({"www.getdrop.no"}))


@breaks(unmet=["GL-2.4.4"])
def hsts_sent_with_redirects_alone(world: World) -> World:
    """getdrop.no leaves it to www to say that a page is not there: the way there promises HTTPS, the error does not."""
    return _site(_promising(world, error=()), missing_leads_to="https://www.getdrop.no/no-such-page")


@breaks(unknown=["GL-2.4.4"])
def missing_pages_are_answered_200(world: World) -> World:
    """A page that does not exist says so, and answers 200: the site shows nobody an error."""
    return _site(world, not_found=replace(world.site.not_found, status=200))


@breaks(unknown=["GL-2.4.4"])
def missing_pages_lead_to_the_front(world: World) -> World:
    """Whoever opens a page that does not exist is sent to the front page."""
    return _site(world, missing_leads_to="/")


@breaks()
def hsts_written_otherwise(world: World) -> World:
    """The promise of HTTPS in other order, case, spacing and quoting, which is the same promise."""
    said = 'PRELOAD ;includesubdomains;  Max-Age="63072000"'
    return _promising(world, **dict.fromkeys(world.site.hsts, (said,)))


@breaks(unmet=["GL-2.4.3"])
def redirect_by_way_of_another_host(world: World) -> World:
    """Plain HTTP on www.getdrop.no is sent to getdrop.no at once, so www is never seen over HTTPS."""
    targets = {"www.getdrop.no": "https://getdrop.no"}
    return _site(world, plain=Redirect(targets=targets))


@breaks(unmet=["GL-2.4.3"])
def redirect_is_temporary(world: World) -> World:
    """Plain HTTP is sent to HTTPS with a 302."""
    return _site(world, plain=Redirect(status=302))


@breaks(unmet=["GL-2.4.3"])
def redirect_forgets_the_page(world: World) -> World:
    """Plain HTTP is sent to the front page, whatever was asked for."""
    return _site(world, plain=Redirect(keeps_path=False))


@breaks(unmet=["GL-2.4.3"])
def plain_http_is_answered(world: World) -> World:
    """Plain HTTP gets the page instead of a redirect."""
    return _site(world, plain=Redirect(status=200))


@breaks(unmet=["GL-2.4.3"])
def redirect_to_plain_http(world: World) -> World:
    """Plain HTTP on getdrop.no is sent to www, still without HTTPS."""
    return _site(world, plain=Redirect(targets={"getdrop.no": "http://www.getdrop.no"}))


@breaks(unmet=HEALTH)
def health_degraded(world: World) -> World:
    """The health endpoint answers 200 and says "degraded"."""
    return _site(world, health=replace(world.site.health, status="degraded"))


@breaks(unmet=["GL-3.3.3"])
def site_of_another_build(world: World) -> World:
    """Whoever answers at getdrop.no was built from another commit than the image that the service runs."""
    return _site(world, health=replace(world.site.health, version="c0ffee" + "0" * 34))


@breaks()
def site_tells_a_version_number(world: World) -> World:
    """The health endpoint tells a version number and no commit: a warning, for nothing speaks against it."""
    return _site(world, health=replace(world.site.health, version="1.4.2"))


@breaks(unmet=["GL-3.1.2", "GL-3.3.4", "GL-5.3.1"])
def health_database_fails(world: World) -> World:
    """The health endpoint says "ok", and that its database does not pass."""
    return _site(world, health=replace(world.site.health, db="fail"))


@breaks(unmet=HEALTH)
def health_empty(world: World) -> World:
    """The health endpoint answers 200 with nothing in it."""
    return _site(world, health=replace(world.site.health, body=""))


@breaks(unmet=HEALTH)
def health_is_a_web_page(world: World) -> World:
    """The health endpoint answers 200 with a web page."""
    page = "<!doctype html><title>Drop</title><p>ok"
    return _site(world, health=replace(world.site.health, body=page, content_type="text/html"))


@breaks(unmet=HEALTH, unknown=["GL-2.4.4"])
def health_fails(world: World) -> World:
    """The health endpoint answers 503."""
    return _site(world, health=replace(world.site.health, status_code=503))


@breaks(unmet=["GL-3.1.2", "GL-3.3.4", "GL-5.3.1"])
def health_says_too_little(world: World) -> World:
    """The health endpoint says only {"status": "ok"}, and nothing of its database."""
    return _site(world, health=replace(world.site.health, enveloped=False))


@breaks(
    unmet=["GL-2.3.2", "GL-3.3.5", "GL-3.3.6", "GL-7.2", "GL-7.3", "GL-7.4", "GL-7.5"], unknown=[*BUNDLE, "GL-2.4.4"]
)
def landing_page_fails(world: World) -> World:
    """The front page answers 500."""
    front = replace(world.site.pages["/"], status=500, body="<h1>Noe gikk galt</h1>")
    return _site(world, pages={**world.site.pages, "/": front})


@breaks(unmet=["GL-3.3.5"])
def landing_page_script_fails(world: World) -> World:
    """A script on the front page fails."""
    return _site(world, script='throw new Error("drop is not defined");')


@breaks(unknown=["GL-3.3.5", "GL-7.5"])
def landing_page_reports_to_another_host(world: World) -> World:
    """A script of the front page sends what it measures to a host that the gate does not reach, and fails by that."""
    world = _site(world, script='fetch("https://o1.ingest.sentry.io/api/1/envelope/", { method: "POST", body: "{}" });')
    return asking(world)


@breaks(unmet=["GL-3.3.5"], unknown=["GL-7.5", *BUNDLE])
def landing_page_fails_beside_another_host(world: World) -> World:
    """The front page asks a host that the gate does not reach, and a script of its own is not there."""
    world = _site(world, head='<script src="/missing.js" defer></script>\n')
    return asking(world, "https://www.googletagmanager.com/gtm.js")


@breaks(unmet=["GL-3.3.5"], unknown=BUNDLE)
def bundle_missing(world: World) -> World:
    """The script that the pages name is not there."""
    return _site(world, bundle_missing=True)


@breaks(unmet=["GL-2.4.1"], unknown=["GL-2.2.1"])
def default_name_not_served(world: World) -> World:
    """App Runner's own name leads to an address where nobody answers."""
    host = "9ef3szvvsb.eu-west-1.awsapprunner.com"
    return replace(world, zone=world.zone.told(host, "A", "192.0.2.99"))
