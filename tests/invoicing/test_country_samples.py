"""Five documents of each country, beside what published samples and guides of it show."""

from __future__ import annotations

from pathlib import Path

import pytest

from invoicing.countries import COUNTRY_CODES
from tests.support.country_pages import page_of, page_text
from tests.support.country_samples import KINDS, country_sample, five_documents, sampled_countries
from tests.support.printed import pages_of

COUNTRIES = sampled_countries()
SHOWN_MIN, SOURCES_MIN = 10, 3


def test_every_country_is_held_beside_its_samples() -> None:
    assert sorted(COUNTRY_CODES) == COUNTRIES


@pytest.mark.parametrize("code", COUNTRIES)
async def test_each_document_says_what_the_samples_of_its_country_show(tmp_path: Path, code: str) -> None:
    sample = country_sample(code)
    said = {kind: _words("\n".join(pages_of(pdf))) async for kind, pdf in five_documents(tmp_path / "data", code)}
    missing = [(kind, one.on(kind)) for one in sample.shown for kind in KINDS if _words(one.on(kind)) not in said[kind]]
    assert not missing, said


@pytest.mark.parametrize("code", COUNTRIES)
def test_what_is_shown_stands_on_sources_that_were_opened(code: str) -> None:
    sample = country_sample(code)
    known = {one.id for one in sample.sources}
    assert sample.country == code
    assert len(sample.shown) >= SHOWN_MIN
    assert len(known) >= SOURCES_MIN
    for entry in sample.shown:
        assert entry.sources, entry.what
        assert set(entry.sources) <= known, entry.what
        assert any(entry.on(kind) for kind in KINDS), entry.what
    cited = [*(one.sources for one in sample.shown), *(one.sources for one in sample.differs)]
    assert {source for sources in cited for source in sources} == known
    assert all(getattr(sample.looked_at, kind) for kind in KINDS)


@pytest.mark.parametrize("code", COUNTRIES)
def test_the_page_of_a_country_says_what_its_file_says(code: str) -> None:
    assert page_of(code).read_text("utf-8") == page_text(code), "make docs writes it anew"


def _words(text: str) -> str:
    """With single spaces, as lines may break anywhere."""
    return " ".join(text.split())
