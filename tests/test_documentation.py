"""What README.md, CONTRIBUTING.md and docs/ say is there: links, commands, variables, make's verbs, one data folder."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from invoicing.appearance.branding import LOGO_PIXELS_MAX, LOGO_SIDE_MAX
from invoicing.appearance.logo_files import LOGO_BYTES_MAX
from invoicing.countries import country
from invoicing.document.requested import ADJUSTMENTS_MAX, LINES_MAX, PRICE_MAX, QUANTITY_MAX, YEARS
from invoicing.exports import workbook
from invoicing.importing.tables import COLUMNS_MAX, FILE_BYTES_MAX, ROWS_MAX
from invoicing.money.amounts import FLOAT_SIGNIFICANT_DIGITS_MAX, FRACTION_DIGITS_MAX, INTEGER_DIGITS_MAX
from invoicing.recurring.plans import HOURS_MAX
from invoicing.render.labels import LANGUAGES
from invoicing.tax.settings import PARTS_MAX
from operations.exports_of_clients import ARCHIVE_BYTES_MAX, CLIENTS_EXPORTED_MAX
from operations.files import EXPORTED_DOCUMENTS_MAX, EXPORTED_ENTRIES_MAX
from operations.organization_names import NAME_LENGTH_MAX
from operations.profile_values import FUTURE_DAYS_MAX
from operations.recurring.clients import CLIENTS_MAX
from operations.recurring.issuing import DOCUMENTS_MAX
from server.cli import app
from server.settings import Settings, data_option, default_folder
from storage.paging import LIMIT_MAX
from tests.snapshots.picture import BYTES_MAX, PICTURE

ROOT = Path(__file__).parent.parent
README, CONTRIBUTING = ROOT / "README.md", ROOT / "CONTRIBUTING.md"
PAGES = [README, CONTRIBUTING, *sorted((ROOT / "docs").glob("*.md"))]
OF_CLIENTS = sorted((ROOT / "docs" / "clients").glob("*.md"))
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
README_BYTES_MAX = 12_000
COUNTRIES = sorted(path.stem.upper() for path in (ROOT / "invoicing" / "countries").glob("??.toml"))
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


@pytest.mark.parametrize("page", [*PAGES, *OF_CLIENTS], ids=by_name)
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


def test_the_page_of_clients_leads_to_each_ones_own() -> None:
    linked = set(_LINK.findall(text_of(ROOT / "docs" / "clients.md")))
    assert {f"clients/{page.name}" for page in OF_CLIENTS} <= linked
    for page in OF_CLIENTS:
        assert re.search(r"^Sources: [^#]+ As of\s\w+\s\d{4}\.\n\Z", text_of(page), re.MULTILINE), page.name
        for block in re.findall(r"```json\n(.*?)```", text_of(page), re.DOTALL):
            json.loads(block)


def test_the_readme_shows_an_invoice() -> None:
    assert f"]({PICTURE.relative_to(ROOT).as_posix()})" in text_of(README)
    picture = PICTURE.read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) < BYTES_MAX


@pytest.mark.parametrize("page", [*PAGES, *OF_CLIENTS], ids=by_name)
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
    settings = ("settings.py", "work_limits.py")
    sources = "".join(text_of(ROOT / "server" / name) for name in settings) + text_of(
        ROOT / "tests" / "support" / "faults.py"
    )
    for variable in set(re.findall(r"COUNTERFOIL_[A-Z_]+", text_of(page))):
        assert f'"{variable}"' in sources, f"{page.name}: {variable}"


def test_the_verbs_of_make_are_those_of_the_makefile() -> None:
    makefile = text_of(ROOT / "Makefile")
    (phony,) = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)) == set(phony.split())
    assert set(re.findall(r"^\| `make ([a-z-]+)`", text_of(CONTRIBUTING), re.MULTILINE)) == set(phony.split())


@pytest.mark.parametrize("page", [*PAGES, *DECISIONS], ids=by_name)
def test_every_file_that_is_named_is_there(page: Path) -> None:
    folders = "server|tools|operations|storage|invoicing|tests|examples|benchmarks|docs"
    for name in re.findall(rf"`((?:{folders})/[^`\s]*)`", text_of(page)):
        # Some stand for several: versions/NNNN_<what>.py, countries/*.toml; tools/list is a method of the protocol.
        if not re.search(r"[<*{]", name) and name not in ("tools/list", "server/discover"):
            assert (ROOT / name).exists(), f"{page.name}: {name}"


@pytest.mark.parametrize("decision", DECISIONS, ids=by_name)
def test_every_decision_says_whether_it_holds_and_since_when(decision: Path) -> None:
    title, status, *_ = text_of(decision).split("\n\n")
    assert title.startswith(f"# {decision.name[:4]}. ")
    assert re.match(r"Status: (accepted|replaced by \d{4}) on \d{4}-\d{2}-\d{2}\.", status)
    others = {other.name[:4] for other in DECISIONS} - {decision.name[:4]}
    assert set(re.findall(r"\b\d{4}\b(?!-)", status)) <= others
    assert len(text_of(decision).splitlines()) <= 40


def test_the_table_of_limits_says_what_holds() -> None:
    text = " ".join(text_of(ROOT / "docs" / "limits.md").split())
    late = [code for code in COUNTRIES if not country(code).numbering.backdating]
    for limit in (
        f"at most {LINES_MAX:,} lines",
        f"{INTEGER_DIGITS_MAX} digits before and {FRACTION_DIGITS_MAX} after the point",
        f"{FLOAT_SIGNIFICANT_DIGITS_MAX} significant digits",
        f"at most {QUANTITY_MAX:,}; price 0 to {PRICE_MAX:,}",
        f"{ADJUSTMENTS_MAX} discounts and charges",
        f"at most {PARTS_MAX} parts",
        f"`future_days` (0 to {FUTURE_DAYS_MAX}, by default 0)",
        f"Years {YEARS[0]} to {YEARS[-1]}",
        f"name of an organization {NAME_LENGTH_MAX} characters",
        f"{FILE_BYTES_MAX // 2**20} MiB, {ROWS_MAX:,} rows and {COLUMNS_MAX} columns",
        f"{EXPORTED_ENTRIES_MAX['beancount']:,} entries (journal; DATEV {EXPORTED_ENTRIES_MAX['datev']:,})",
        f"{EXPORTED_DOCUMENTS_MAX['csv']:,} documents (CSV, XLSX, JSON)",
        f"or {EXPORTED_DOCUMENTS_MAX['pdf']:,} (ZIP of PDFs)",
        f"holds {CLIENTS_EXPORTED_MAX} clients and {ARCHIVE_BYTES_MAX // 1024**3} GiB",
        f"an XLSX sheet {workbook.ROWS_MAX - 1:,} lines",
        f"at most {CLIENTS_MAX:,} clients when it drafts, and issues at most {DOCUMENTS_MAX} drafts",
        f"Hours are at most {HOURS_MAX:,} in an entry",
        f"at most {LIMIT_MAX} entries",
        f"{LOGO_BYTES_MAX // 1024} KiB, {LOGO_SIDE_MAX:,} pixels a side, {LOGO_PIXELS_MAX // 1_000_000} million",
        f"in {len(LANGUAGES)} languages",
    ):
        assert limit in text, limit
    (named,) = re.findall(r"not before today in ([A-Z, ]+);", text)
    assert sorted(named.split(", ")) == sorted(late)


def test_the_readme_counts_countries_and_languages() -> None:
    text = " ".join(text_of(README).split())
    assert {code for code in COUNTRIES if not country(code).eu_member} == {"GB", "US", "CH", "NO"}
    assert len(COUNTRIES) == 27 + 4
    assert "the 27 EU members, GB, US, CH and NO" in text
    assert f"PDFs in {len(LANGUAGES)} languages" in text


# One data folder


@pytest.mark.parametrize("page", [*PAGES, *OF_CLIENTS], ids=by_name)
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
