"""HTML, read as a reader meets it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from golive.probes.html import read

FRONT = "https://getdrop.no/"


def test_html_is_read_as_a_reader_meets_it() -> None:
    """
    Scripts are no words, links are absolute, and a claimed language must be the one that is written.
    """
    page = read(
        '<html lang="nb-NO"><head><base href="/a/"><title>T</title><script src="x.js"></script></head><body>'
        "<h1>Våre <b>vilkår</b></h1><p>Du og vi er enige, og det er ikke noe å si på det.</p>"
        '<script>var the = "and the of";</script>'
        '<a href="b#c">B</a><a href="http://[">?</a><link rel="modulepreload" href="/y.js"></body></html>',
        FRONT,
    )
    assert page.headings == ("Våre vilkår",)
    assert page.links == (FRONT + "a/b", "http://[")
    assert page.scripts == (FRONT + "a/x.js", FRONT + "y.js")
    assert page.inline == ('var the = "and the of";',)
    assert page.norwegian
    assert not replace(page, language="en").norwegian
    assert not read('<html lang="nb"><p>You and the others of this and that are it.</p></html>', FRONT).norwegian


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>One</p><p>two", ("one", "two")),
        ("<p>a < b &amp; c</p>", ("a", "<", "b", "&", "c")),
        ("<noscript>Nothing</noscript><template>yet</template>here", ("here",)),
        ("<template><noscript>still</template>nothing", ()),
        ("<style>p {}</style><!-- said --><title>T</title>all", ("all",)),
        ("<script/>no</script>yes", ("yes",)),
        ("<head><h1>A head that nobody closes", ("a", "head", "that", "nobody", "closes")),
        ("<script>for ever", ()),
        ("\0" * 9, ("\0" * 9,)),
        ("", ()),
    ],
)
def test_only_what_a_reader_sees_is_words(html: str, words: tuple[str, ...]) -> None:
    """
    However the page is made: what is not shown without a script, or never, is none of its words.
    """
    assert read(html, FRONT).words == words


def test_of_two_attributes_of_one_name_the_first_counts() -> None:
    """
    As in browsers (HTML, 13.2.5.33); an attribute without a value is an empty one.
    """
    page = read('<html lang=nb lang=en><a href=/a href=/b>A</a><a href>B</a><input type="Password"><input>', FRONT)
    assert (page.language, page.links, page.passwords) == ("nb", (FRONT + "a", FRONT), 1)
