"""Faults of what the law asks for."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from golive.twin.faults.register import breaks
from golive.twin.faults.site import asking
from golive.twin.world import World


def _page(world: World, path: str, **changes: Any) -> World:
    page = replace(world.site.pages[path], **changes)
    return replace(world, site=replace(world.site, pages={**world.site.pages, path: page}))


def _consent(world: World, **changes: Any) -> World:
    return replace(world, site=replace(world.site, consent=replace(world.site.consent, **changes)))


def _form(world: World, said: str, instead: str) -> World:
    """The complaint form says *instead* where it said *said*."""
    return _page(world, "/klage", body=world.site.pages["/klage"].body.replace(said, instead))


def _soft_404(world: World, path: str) -> World:
    gone = world.site.not_found
    return _page(world, path, title=gone.title, body=gone.body)


def _unlinked(world: World, path: str) -> World:
    kept = tuple(link for link in world.site.links if link[0] != path)
    return replace(world, site=replace(world.site, links=kept))


@breaks(unmet=["GL-7.2"])
def terms_are_the_not_found_page(world: World) -> World:
    """The terms answer 200 with the page for what does not exist."""
    return _soft_404(world, "/vilkaar")


@breaks(unmet=["GL-7.2"], unknown=["GL-2.4.4"])
def terms_gone(world: World) -> World:
    """The terms answer 404."""
    return _page(world, "/vilkaar", status=404)


@breaks(unmet=["GL-7.2"])
def terms_in_english(world: World) -> World:
    """The terms are in English."""
    return _page(world, "/vilkaar", lang="en", title="Terms", body="<h1>Terms of service</h1><p>Be good.</p>")


@breaks(unmet=["GL-7.2"])
def terms_not_linked(world: World) -> World:
    """The front page does not lead to the terms."""
    return _unlinked(world, "/vilkaar")


@breaks(unmet=["GL-7.3"])
def privacy_is_the_not_found_page(world: World) -> World:
    """The privacy policy answers 200 with the page for what does not exist."""
    return _soft_404(world, "/personvern")


@breaks(unmet=["GL-7.3"])
def privacy_gone(world: World) -> World:
    """The privacy policy answers 404."""
    return _page(world, "/personvern", status=404)


@breaks(unmet=["GL-7.3"])
def privacy_not_linked(world: World) -> World:
    """The front page does not lead to the privacy policy."""
    return _unlinked(world, "/personvern")


@breaks(unmet=["GL-7.4"])
def complaint_form_cannot_be_sent(world: World) -> World:
    """The complaint form's button is disabled."""
    body = world.site.pages["/klage"].body.replace("<button", "<button disabled")
    return _page(world, "/klage", body=body)


@breaks(unmet=["GL-7.4"])
def complaint_form_is_a_text(world: World) -> World:
    """The page for complaints says where to write, and has no form."""
    return _page(world, "/klage", body="<h1>Klage</h1><p>Skriv til oss.</p>")


@breaks(unmet=["GL-7.4"])
def complaint_form_sent_to_nothing(world: World) -> World:
    """The complaint form is sent to an address where nothing is."""
    return _form(world, 'action="/api/klage"', 'action="https://getdrop.no/api/gone"')


@breaks(unmet=["GL-7.4"])
def complaint_form_sent_by_get(world: World) -> World:
    """The complaint form puts what was typed into the address."""
    return _form(world, 'method="post"', 'method="get"')


@breaks(unknown=["GL-7.4"])
def complaint_form_sent_to_another_host(world: World) -> World:
    """The complaint form is sent to a host that the gate does not reach."""
    return _form(world, 'action="/api/klage"', 'action="https://forms.example/klage"')


@breaks()
def complaint_form_sent_by_a_script(world: World) -> World:
    """The complaint form has neither method nor action, as React writes it: a script sends it."""
    return _form(world, ' method="post" action="/api/klage"', "")


@breaks(unknown=["GL-7.4"])
def complaints_overrun(world: World) -> World:
    """So much is sent to where complaints go that it says 429."""
    return replace(world, site=replace(world.site, busy=frozenset({"/api/klage"})))


@breaks(unmet=["GL-7.4"])
def complaint_form_not_linked(world: World) -> World:
    """The front page does not lead to the complaint form."""
    return _unlinked(world, "/klage")


@breaks(unmet=["GL-7.5"])
def cookie_set_before_consent(world: World) -> World:
    """A script sets a cookie before the visitor has answered."""
    return _consent(world, early=frozenset({"script cookie"}))


@breaks(unmet=["GL-7.5"])
def cookie_in_the_first_answer(world: World) -> World:
    """The server sets a cookie for statistics with its first answer."""
    return _consent(world, early=frozenset({"header cookie"}))


@breaks(unmet=["GL-7.5"])
def storage_written_before_consent(world: World) -> World:
    """A script writes to the browser's storage before the visitor has answered."""
    return _consent(world, early=frozenset({"storage"}))


@breaks(unmet=["GL-7.5"])
def consent_not_asked(world: World) -> World:
    """Nobody asks for consent."""
    return _consent(world, asked=False)


@breaks(unmet=["GL-7.5"])
def newsletter_asked_for_instead(world: World) -> World:
    """The one thing that a visitor is asked is whether they want a newsletter."""
    return _consent(world, about="newsletter")


@breaks()
def consent_asked_in_a_region(world: World) -> World:
    """What asks for consent is no dialog but a region of the page, named by its label."""
    return _consent(world, shape="region")


@breaks(unmet=["GL-7.5"])
def newsletter_asked_for_in_a_region(world: World) -> World:
    """The same as a newsletter, asked for in a region of the page."""
    return _consent(world, shape="region", about="newsletter")


@breaks()
def consent_asked_in_a_shadow_root(world: World) -> World:
    """The dialog that asks for consent stands in an open shadow root."""
    return _consent(world, shape="shadow root")


@breaks(unmet=["GL-7.5"])
def consent_hard_to_refuse_in_a_shadow_root(world: World) -> World:
    """Consent is asked for in an open shadow root, and can be refused on the second layer only."""
    return _consent(world, shape="shadow root", refusal="second layer")


@breaks(unknown=["GL-7.5"])
def others_asked_before_consent(world: World) -> World:
    """The pages load scripts of two others before any answer; what they would store is not seen."""
    return asking(world, "https://www.googletagmanager.com/gtm.js", "https://connect.facebook.net/en_US/fbevents.js")


@breaks(unknown=["GL-7.5"])
def consent_asked_by_another_host(world: World) -> World:
    """The question is another's script's to ask, at a host that the gate does not reach."""
    return asking(_consent(world, asked=False), "https://consent.cookiebot.com/uc.js")


@breaks(unmet=["GL-7.5"])
def consent_hard_to_refuse(world: World) -> World:
    """Consent can be refused on the second layer only."""
    return _consent(world, refusal="second layer")


@breaks(unmet=["GL-7.5"])
def consent_refusal_hidden(world: World) -> World:
    """The refusal is much smaller than the consent."""
    return _consent(world, equally_prominent=False)


@breaks(unmet=["GL-7.5"])
def consent_ticked_beforehand(world: World) -> World:
    """A box of the consent is ticked beforehand."""
    return _consent(world, ticked_box=True)


@breaks(unmet=["GL-7.6"])
def aml_watch_stopped(world: World) -> World:
    """The monitoring of transactions did its last round 25 hours ago."""
    return replace(world, cloud=world.cloud.watching(timedelta(hours=25)))


@breaks(unmet=["GL-7.6"])
def aml_watch_never_began(world: World) -> World:
    """The monitoring of transactions has never done a round."""
    return replace(world, cloud=world.cloud.watching(None))
