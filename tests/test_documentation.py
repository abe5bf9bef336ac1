"""What README.md, CONTRIBUTING.md and docs/ say is there: links, commands, variables, make's verbs, one data folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from server.cli import app
from server.settings import Settings, data_option, default_folder
from tests.snapshots.picture import BYTES_MAX, PICTURE

ROOT = Path(__file__).parent.parent
README, CONTRIBUTING = ROOT / "README.md", ROOT / "CONTRIBUTING.md"
PAGES = [README, CONTRIBUTING, *sorted((ROOT / "docs").glob("*.md"))]
README_BYTES_MAX = 12_000
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def by_name(path: Path) -> str:
    return path.name


def text_of(page: Path) -> str:
    return page.read_text("utf-8")


def commands(command: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, subcommand in getattr(command, "commands", {}).items():
        yield from commands(subcommand, (*path, name))


COMMANDS = set(commands(typer.main.get_command(app)))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text_of(page), flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_readme_stays_short() -> None:
    assert len(README.read_bytes()) < README_BYTES_MAX


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in _LINK.findall(text_of(page)):
        if link.startswith("https://"):
            continue
        target, _, anchor = link.partition("#")
        found = (page.parent / target).resolve() if target else page
        assert found.exists(), f"{page.name}: {link}"
        assert not anchor or anchor in anchors(found), f"{page.name}: {link}"


def test_the_readme_leads_to_every_page() -> None:
    linked = {link.partition("#")[0] for link in _LINK.findall(text_of(README))}
    assert {page.relative_to(ROOT).as_posix() for page in PAGES if page != README} - linked == set()


def test_the_readme_shows_an_invoice() -> None:
    assert f"]({PICTURE.relative_to(ROOT).as_posix()})" in text_of(README)
    picture = PICTURE.read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) < BYTES_MAX


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_command_that_is_named_exists(page: Path) -> None:
    """Wherever a command is written out, its words lead to one, and to no group alone."""
    groups = {path[0] for path in COMMANDS if len(path) > 1}
    for written in re.findall(
        r"(?<![\w./-])counterfoil((?: [a-z][a-z-]*)+)(?= *[`\n]| [-A-Z<\[\"#]|, )", text_of(page)
    ):
        words = written.split()
        known = (words[0],) in COMMANDS and (words[0] not in groups or tuple(words[:2]) in COMMANDS or len(words) == 1)
        assert known, f"{page.name}: counterfoil{written}"


def test_the_table_of_commands_names_each() -> None:
    table = text_of(ROOT / "docs" / "command-line.md")
    for path in sorted(COMMANDS):
        if len(path) == 1 and not any(len(other) > 1 and other[0] == path[0] for other in COMMANDS):
            assert f"`counterfoil {path[0]}" in table, path
        if len(path) > 1:
            assert re.search(rf"`(counterfoil )?{path[0]} ", table), path
            assert re.search(rf"`(counterfoil )?({path[0]} )?{path[1]}\b", table), path


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_variable_that_is_named_is_read(page: Path) -> None:
    sources = text_of(ROOT / "server" / "settings.py") + text_of(ROOT / "tests" / "support" / "faults.py")
    for variable in set(re.findall(r"COUNTERFOIL_[A-Z_]+", text_of(page))):
        assert f'"{variable}"' in sources, f"{page.name}: {variable}"


def test_the_verbs_of_make_are_those_of_the_makefile() -> None:
    makefile = text_of(ROOT / "Makefile")
    (phony,) = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)) == set(phony.split())
    assert set(re.findall(r"^\| `make ([a-z-]+)`", text_of(CONTRIBUTING), re.MULTILINE)) == set(phony.split())


# One data folder


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_path_leads_to_the_same_data_folder(page: Path) -> None:
    """E14: the client's configuration named one folder and the commands another: two practices by accident."""
    text = text_of(page)
    assert "counterfoil-data" not in text
    for arguments in re.findall(r'"args": \[([^\]]*)\]', text):
        assert "--data" not in arguments or "/full/path" in arguments, f"{page.name}: {arguments}"


def test_a_command_names_the_folder_only_where_it_is_another(tmp_path: Path) -> None:
    assert data_option(Settings(default_folder())) == ""
    assert data_option(Settings(tmp_path / "books")) == f" --data {tmp_path / 'books'}"
    assert data_option(Settings(Path("/Library/Application Support/x"))) == ' --data "/Library/Application Support/x"'
