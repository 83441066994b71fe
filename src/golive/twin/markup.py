"""The site's pages written out: the common frame, the question about cookies, script, style and icon."""

from __future__ import annotations

import hashlib
import html
import json
import secrets

from starlette.requests import Request
from starlette.responses import Response

from golive.twin import pages
from golive.twin.site import Consent, Page, Site

AT_START = "/env.js"


def bundle(site: Site) -> tuple[str, str]:
    """The path of the script, which changes with what is in it, and the script."""
    early = {
        "script cookie": 'document.cookie = "drop_analytics=1" + year;',
        "storage": 'localStorage.setItem("drop_analytics", "1");',
    }
    text = pages.SCRIPT
    if site.inlined:
        text = text.replace("settings.NEXT_PUBLIC_SERVICE_MODE", json.dumps(site.settings["NEXT_PUBLIC_SERVICE_MODE"]))
    settings = list(site.settings.values()) if site.inlined else dict(site.settings)
    script = (
        text.replace("SETTINGS", json.dumps(settings, separators=(",", ":")))
        .replace("IGNORES_REFUSAL", json.dumps(not site.consent.heeds_refusal))
        .replace("EARLY", "\n  ".join(early[way] for way in sorted(site.consent.early) if way in early))
    ) + site.script
    return f"/_next/static/chunks/main-{_digest(script)}.js", script


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _style_path() -> str:
    return f"/_next/static/css/{_digest(pages.STYLE)}.css"


def asset(site: Site, path: str) -> Response | None:
    """What lies at *path* beside the pages: the script, what it is told at its start, the style, the icon; or None."""
    script_path, script = bundle(site)
    kept = {"Cache-Control": "public, max-age=31536000, immutable"}
    if path == script_path and not site.bundle_missing:
        return Response(script, headers=kept, media_type="application/javascript")
    if path == AT_START and site.at_start:
        return Response(f"self.__ENV={json.dumps(dict(site.at_start))};", media_type="application/javascript")
    if path == _style_path():
        return Response(pages.STYLE, headers=kept, media_type="text/css")
    if path in ("/icon.svg", "/favicon.ico"):
        return Response(pages.ICON, media_type="image/svg+xml")
    return None


def written(site: Site, page: Page, request: Request) -> Response:
    """*page* as whoever asks is given it, in the frame that all pages of *site* share, with its cookies."""
    login = f'<a class="knapp" role="button" href="{site.login.link}">{html.escape(site.login.text)}</a>'
    body = page.body.replace("LOGIN", login if site.login.text else "")
    if "sendt" in request.query_params:
        body = pages.THANKS + body
    asks = site.consent.asked and "drop_consent" not in request.cookies
    links = "".join(f'<a href="{path}">{html.escape(text)}</a>' for path, text in site.links)
    title = html.escape(page.title)
    text = f"""<!DOCTYPE html>
<html lang="{page.lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="{_style_path()}">
{f'<script src="{AT_START}"></script>' if site.at_start else ""}<script src="{bundle(site)[0]}" defer></script>
{site.head}</head>
<body>
<header><a href="/">Drop</a></header>
<main>
<h1>{title}</h1>
{body}</main>
<footer><nav>{links}</nav><p>Drop AS, organisasjonsnummer 999 999 999</p></footer>
{_dialog(site.consent) if asks else ""}</body>
</html>
"""
    response = Response(text, page.status, {"Cache-Control": "private, no-store", "Content-Language": page.lang})
    response.headers["Content-Type"] = page.content_type
    if "drop_session" not in request.cookies:
        response.set_cookie("drop_session", secrets.token_urlsafe(24), secure=True, httponly=True, samesite="lax")
    if "header cookie" in site.consent.early:
        response.set_cookie("drop_analytics", "1", max_age=31536000, secure=True, samesite="lax")
    return response


def _dialog(consent: Consent) -> str:
    look = "knapp" if consent.equally_prominent else "svak"
    refuse = f'<button type="button" class="{look}" data-samtykke="necessary">Kun nødvendige</button>'
    below = {
        "first layer": refuse,
        "second layer": '<button type="button" class="svak" data-samtykke="more">Innstillinger</button>'
        f'<div id="flere-valg" hidden>{refuse}</div>',
        "nowhere": "",
    }[consent.refusal]
    box = '<label><input type="checkbox" name="statistikk" checked> Statistikk</label>' if consent.ticked_box else ""
    named, said = pages.QUESTIONS[consent.about]
    yes = '<button type="button" class="knapp" data-samtykke="all">Godta alle</button>'
    if consent.about == "newsletter":
        yes, below = yes.replace("Godta alle", "Ja takk"), below.replace("Kun nødvendige", "Nei takk")
    inside = f"<p>{said}</p>\n{box}<div>{yes}\n{below}</div>\n"
    if consent.shape == "region":
        return f'<div id="samtykke" class="kapsler" role="region" aria-label="{named}">\n{inside}</div>\n'
    headed = (
        f'<div id="samtykke" role="dialog" aria-labelledby="samtykke-tittel">\n<h2 id="samtykke-tittel">{named}</h2>'
    )
    if consent.shape == "shadow root":
        style = f'<link rel="stylesheet" href="{_style_path()}">'
        return f'<div><template shadowrootmode="open">{style}{headed}\n{inside}</div></template></div>\n'
    return f"{headed}\n{inside}</div>\n"
