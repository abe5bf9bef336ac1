"""The documentation's site, as far as the generator is not needed: how pages are laid out, and what is found wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import site
from tests.test_documentation import PAGES, ROOT


def listed(nav: site.Nav) -> Iterator[str]:
    for entry in nav:
        for value in entry.values():
            yield from [value] if isinstance(value, str) else listed(value)


def test_every_page_is_laid_out_listed_and_leads_to_files_of_the_site(tmp_path: Path) -> None:
    site.lay_out(tmp_path)
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.md")}
    assert written == set(listed(site.navigation()))
    assert {site.place(page.relative_to(ROOT).as_posix()) for page in PAGES} <= written
    for name in written:
        for link in site.LINK.findall((tmp_path / name).read_text("utf-8")):
            assert (tmp_path / name).parent.joinpath(link).is_file(), f"{name}: {link}"
    assert "](connecting.md)" in (tmp_path / "index.md").read_text("utf-8")
    assert "](index.md#" in (tmp_path / "connecting.md").read_text("utf-8")


def test_a_link_to_no_file_stops_the_site() -> None:
    with pytest.raises(SystemExit, match=r"docs/money\.md leads to nowhere\.md"):
        site.turned("docs/money.md", "[a](nowhere.md#b)", set())


@pytest.mark.parametrize(
    ("built", "wrong"),
    [
        ('<a href="other.html#here">', ""),
        ('<a href="https://example.com/"><link rel="canonical" href="https://example.com/">', ""),
        ('<a href="gone.html">', "leads to gone.html, where nothing is"),
        ('<a href="other.html#gone">', "leads to other.html#gone, which has no such anchor"),
        ('<img src="gone.png">', "leads to gone.png, where nothing is"),
        ('<script src="https://example.com/a.js"></script>', "loads https://example.com/a.js"),
        ('<link rel="stylesheet" href="//example.com/a.css">', "loads //example.com/a.css"),
    ],
)
def test_what_is_wrong_with_a_built_page_is_found(built: str, wrong: str, tmp_path: Path) -> None:
    (tmp_path / "other.html").write_text('<h2 id="here">', "utf-8")
    (tmp_path / "index.html").write_text(built, "utf-8")
    assert site.faults(tmp_path) == ([f"index.html {wrong}"] if wrong else [])


def test_a_style_that_loads_from_elsewhere_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("@font-face { src: url('https://example.com/a.woff2') }", "utf-8")
    assert site.faults(tmp_path) == ["a.css loads from elsewhere"]


def test_the_lock_of_the_generator_has_it_with_hashes_and_no_address() -> None:
    text = (ROOT / "deploy" / "site.lock").read_text("utf-8")
    assert re.search(r"^zensical==0\.", text, re.MULTILINE)
    assert not re.search(r"://| @ |--(extra-)?index|--find-links", text)
    assert all("--hash=sha256:" in entry for entry in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:])
