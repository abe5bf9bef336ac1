"""Brings the catalogues of the pages' words up to date: words that the pages say are added without a translation, those
that no page says any more are taken out. What was translated stays.

`python -m tests.snapshots.texts` (make texts). The tests hold that each catalogue has every word, translated.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from server.pages.languages import LANGUAGES, SOURCE

PAGES = Path(__file__).parents[2] / "server" / "pages"
_FOLDERS = (PAGES, PAGES.parent / "oauth", PAGES.parent / "http")
_METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
_OPTIONS = {"templates/**.html": {"extensions": "jinja2.ext.i18n", "trimmed": "true"}}
_HEADER = "# The words of the pages. The keys are the English words; one entry may hold forms of plural."


def said() -> Catalog:
    """What the pages say, in English."""
    catalog = Catalog(fuzzy=False)
    for folder in _FOLDERS:
        for path, _line, message, comments, context in extract_from_dir(folder, _METHODS, _OPTIONS):
            catalog.add(message, None, [(path, 0)], auto_comments=comments, context=context)
    return catalog


def file_of(language: str) -> Path:
    return PAGES / "texts" / f"{language}.po"


def catalogue(language: str) -> Catalog:
    """The catalogue of a language as it is kept."""
    with file_of(language).open("rb") as file:
        return read_po(file, locale=language)


def main() -> None:
    for language in LANGUAGES:
        if language == SOURCE:
            continue
        kept = catalogue(language) if file_of(language).exists() else Catalog(locale=language)
        kept.update(said(), no_fuzzy_matching=True, update_header_comment=False)
        kept.obsolete.clear()
        kept.header_comment, kept.fuzzy = _HEADER, False
        # No day of a run stands in the file: nothing changes where no word does.
        kept.creation_date = kept.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
        file_of(language).parent.mkdir(exist_ok=True)
        with file_of(language).open("wb") as file:
            write_po(file, kept, omit_header=False, sort_output=True, no_location=True, width=120)
        print(f"{language}: {len(kept)} texts, {len(lacking(kept))} not translated")


def lacking(catalog: Catalog) -> list[str]:
    """The words that have no translation."""
    return [str(message.id) for message in catalog if message.id and not _is_translated(message.string)]


def _is_translated(text: object) -> bool:
    return all(text) if isinstance(text, (tuple, list)) else bool(text)


if __name__ == "__main__":
    main()
