"""The page docs/countries/<code>.md of a country: what samples show, ticked, and what is another here."""

from __future__ import annotations

from pathlib import Path

from invoicing.countries import country
from tests.support.country_samples import KINDS, TITLES, CountrySample, Shown, country_sample, sampled_countries

PAGES = Path(__file__).parents[2] / "docs" / "countries"


def page_of(code: str) -> Path:
    return PAGES / f"{code.lower()}.md"


def page_text(code: str) -> str:
    """The whole page, made of the country's samples."""
    sample = country_sample(code)
    return "\n".join(
        [
            f"# {country(code).name}: documents beside published samples",
            "",
            "Made by `make docs` from"
            f" [the samples' file](../../tests/invoicing/country_samples/{code.lower()}.toml), which the tests hold"
            " against five documents that are issued as a live organization issues them: a word in a cell stands on"
            f" that document. `make documents COUNTRY={code}` draws them.",
            "",
            "## What samples and guides show",
            "",
            f"| what | {' | '.join(TITLES[kind] for kind in KINDS)} | law | sources |",
            f"|{' --- |' * (len(KINDS) + 3)}",
            *(_shown(one) for one in sample.shown),
            "",
            *_differing(sample),
            "## The five, looked at",
            "",
            f"On {sample.looked_at.day.isoformat()}:",
            "",
            *(f"- {TITLES[kind].capitalize()}: {getattr(sample.looked_at, kind)}" for kind in KINDS),
            "",
            "## Sources",
            "",
            *(f"- `{one.id}`: {one.what}. {one.where} ({one.checked.isoformat()})" for one in sample.sources),
            "",
        ]
    )


def write_pages() -> None:
    PAGES.mkdir(exist_ok=True)
    for code in sampled_countries():
        page_of(code).write_text(page_text(code), encoding="utf-8")


def _shown(one: Shown) -> str:
    cells = (one.on(kind) for kind in KINDS)
    return f"| {one.what} | {' | '.join(_cell(text) for text in cells)} | {one.law} | {', '.join(one.sources)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _differing(sample: CountrySample) -> list[str]:
    if not sample.differs:
        return []
    rows = [
        f"- {one.what}: {one.why}" + (f" ({', '.join(one.sources)})" if one.sources else "") for one in sample.differs
    ]
    return ["## What differs", "", *rows, ""]
