"""A visit to the twin's site: its names, the elements of a page, and the script that the page loads."""

from __future__ import annotations

from html.parser import HTMLParser

import httpx

SITE = "https://getdrop.no"
SERVICE = "https://9ef3szvvsb.eu-west-1.awsapprunner.com"
ORIGINS = (SITE, "https://www.getdrop.no", SERVICE)


class Outline(HTMLParser):
    """The elements of a page, with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [said for name, said in self.elements if name == tag and wanted.items() <= said.items()]


def bundle(client: httpx.Client) -> str:
    (script,) = Outline(client.get(SITE).text).all("script")
    return client.get(SITE + str(script["src"])).text
