"""The pages in more than one language: each catalogue has every word, and the reader's language decides."""

from __future__ import annotations

import re
from pathlib import Path

import httpx2
import pytest
from jinja2 import Environment

from server.pages.languages import LANGUAGES, SOURCE, texts_of
from server.pages.reading import FORM_TYPE
from tests.snapshots.texts import PAGES, catalogue, lacking, said
from tests.support.http import BAKERY, house
from tests.support.visits import heading_of, sign_in

OTHERS = [language for language in LANGUAGES if language != SOURCE]
NAMES = {"Counterfoil", "Claude", "Claude Code", "VS Code", "Cursor", "SHA-256"}
IN_GERMAN = {
    "/account": "Ihr Konto",
    "/account/password": "Ihr Passwort",
    "/account/password/remove": "Passwort entfernen",
    "/account/codes": "Einmalcodes",
    "/account/passkeys": "Ein Passkey",
    "/keys/nothing": "Einen API-Schlüssel oder geheimen Link zeigen",
    "/uploads/nothing": "Hier wird keine Datei erwartet",
    "/mcp": "Diese Adresse ist für einen KI-Client",
    "/oauth/authorize": "Das kann nicht verbunden werden",
    "/sign-in/link/nothing": "Bei Counterfoil anmelden",
}
"""Pages that are of no organization, with their headings."""


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_has_every_word_and_none_that_no_page_says(language: str) -> None:
    kept = catalogue(language)
    wanted = {message.id for message in said() if message.id}
    assert {message.id for message in kept if message.id} == wanted, "make texts"
    assert lacking(kept) == []


def test_no_template_says_a_word_that_is_in_no_catalogue() -> None:
    found = {path.name: _fixed_words(path.read_text()) for path in sorted((PAGES / "templates").glob("*.html"))}
    assert {name: words for name, words in found.items() if words} == {}


def _fixed_words(template: str) -> list[str]:
    """What a template says by itself: neither by `_` or `trans`, nor as something to type, nor as a name."""
    said, inside, translated = "", "", False
    for _, kind, text in Environment(extensions=["jinja2.ext.i18n"], autoescape=True).lex(template):
        if kind == "data" and not translated:
            said += text
        elif kind == "block_begin":
            inside = ""
        elif kind == "block_end":
            translated = inside.startswith("trans") or (translated and not inside.startswith("endtrans"))
            said += "\0"
        else:
            inside += text.strip()
            said += "\0" if kind == "variable_end" else ""
    said = re.sub(r"<(kbd|code)\b.*?</\1>", "", said, flags=re.DOTALL)
    words = re.findall(r'\b(?:aria-label|placeholder|alt|title|data-of)="([^"]*)"', said)
    words += re.split(r"[\n\0]", re.sub(r'<[^>]*>|[\w-]+="[^"]*"', "\n", said))
    worded = [one.strip(" .·-←→") for one in words if re.search(r"[A-Z][a-z]|[a-z]{2} [a-z]{2}|^\s*[A-Z]{2}", one)]
    return [one for one in worded if one not in NAMES]


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_holds_the_values_of_its_words(language: str) -> None:
    for message in catalogue(language):
        if not message.id:
            continue
        keys, texts = _forms(message.id), _forms(message.string)
        assert set().union(*map(_values, texts)) == set().union(*map(_values, keys)), message.id
        # Two translations that were put one after the other.
        assert not any(re.search(r"[a-zäöüß][.!?][A-ZÄÖÜ][a-zäöü]", text) for text in texts), message.id


def _forms(texts: object) -> list[str]:
    return [str(text) for text in texts] if isinstance(texts, (tuple, list)) else [str(texts)]


def _values(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)s", text))


def test_words_of_numbers_have_the_forms_of_the_language() -> None:
    texts = texts_of("de")
    one, many = "%(waiting)s document waits for you", "%(waiting)s documents wait for you"
    assert texts.ngettext(one, many, 1) == "%(waiting)s Beleg wartet auf Sie"
    assert texts.ngettext(one, many, 0) == texts.ngettext(one, many, 2) == "%(waiting)s Belege warten auf Sie"


async def test_a_page_is_in_the_language_that_was_chosen_or_that_the_browser_asks_for(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        owner = await sign_in(home.site, home.one.office)
        place = f"/o/{BAKERY}/invoices"

        async def heading(asks: str, chosen: str = "") -> tuple[str, str]:
            cookie = owner.cookie["Cookie"] + (f"; counterfoil-language={chosen}" if chosen else "")
            page = await home.site.send("GET", place, headers={"Cookie": cookie, "Accept-Language": asks})
            return heading_of(page), re.findall(r'<html lang="([^"]+)">', page.text)[0]

        assert await heading("de-AT,de;q=0.9,en;q=0.5") == ("Rechnungen", "de")
        assert await heading("fr, en") == ("Invoices", "en")
        assert await heading("") == ("Invoices", "en")
        assert await heading("en", "de") == ("Rechnungen", "de")
        assert await heading("de", "en") == ("Invoices", "en")
        assert await heading("en", "../../xx") == ("Invoices", "en")
        for path in ("/uploads/nothing", "/mcp/", "/nowhere"):
            asked = {"Accept": "text/html", "Accept-Language": "de"}
            page = await home.site.send("GET", path, headers=asked)
            assert page.status_code == 303 or '<html lang="de">' in page.text, path


async def test_pages_of_no_organization_are_in_the_language_of_the_reader_too(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        owner = await sign_in(home.site, home.one.office)
        headers = owner.cookie | {"Accept": "text/html", "Accept-Language": "de"}
        shown = {path: await home.site.send("GET", path, headers=headers) for path in IN_GERMAN}
        assert {path: heading_of(page) for path, page in shown.items()} == IN_GERMAN
        assert "Wege, sich anzumelden" in shown["/account"].text


async def test_the_language_is_chosen_on_any_page_and_leads_back_to_it(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        owner = await sign_in(home.site, home.one.office)
        place = f"/o/{BAKERY}/invoices?q=x"

        async def choose(language: str, before: str) -> httpx2.Response:
            headers = {"Origin": home.site.url, "Content-Type": FORM_TYPE, **({"Referer": before} if before else {})}
            return await home.site.send(
                "POST", "/language", headers=owner.cookie | headers, content=f"language={language}"
            )

        chosen = await choose("de", home.site.url + place)
        assert (chosen.status_code, chosen.headers["location"]) == (303, place)
        assert "counterfoil-language=de" in chosen.headers["set-cookie"]
        for before in ("", "https://elsewhere.example/x", f"{home.site.url}//elsewhere.example", "nonsense"):
            assert (await choose("de", before)).headers["location"] == "/"
        assert "set-cookie" not in (await choose("klingon", "")).headers
