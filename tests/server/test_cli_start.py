"""What the command line loads and shows: no command waits for modules it does not use, and no flag takes a value."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer

from invoicing.text.typed import counted
from server.cli import app
from server.cli_options import without_flag_types
from server.console import QUIET_MILLISECONDS, plain_lines
from tests.support.command_line import run_command

ROOT = Path(__file__).parents[2]
STORAGE = {"sqlalchemy", "sqlmodel", "alembic"}
PRINTING = {"reportlab", "PIL", "segno", "openpyxl", "xlsxwriter"}
PROTOCOL = {"mcp", "mcp_types", "starlette", "uvicorn"}
# In a process of its own: this one has loaded everything long ago.
LOADED = """
import gc, json, sys
from server.cli import main
def collections():
    return sum(one["collections"] for one in gc.get_stats())
before = collections()
try:
    main()
except SystemExit as ended:
    code = ended.code or 0
print(json.dumps([code, sorted(name for name in sys.modules if "." not in name), collections() - before]))
"""


# Ends with the first thing that is said, and tells what was loaded by then.
LOADED_FIRST = """
import io, json, sys

class Watched(io.StringIO):
    def flush(self):
        told = self.getvalue()
        if told:
            sys.stdout = sys.__stdout__
            print(json.dumps([told, sorted(name for name in sys.modules if "." not in name)]))
            raise KeyboardInterrupt

sys.stdout = Watched()
from server.cli import main
try:
    main()
except SystemExit:
    pass
"""


def loaded_by(*arguments: str) -> set[str]:
    ran = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments], capture_output=True, text=True, cwd=ROOT, check=True, timeout=60
    )
    code, modules, collections = json.loads(ran.stdout.splitlines()[-1])
    assert code == 0, ran.stderr
    # What is loaded stays; it was gone through hundreds of times for garbage.
    assert collections < 40
    return set(modules)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = str(tmp_path_factory.mktemp("start") / "data")
    init = ("init", "--name", "Shop", "--country", "GB", "--email", "a@example.com", "--kind", "standard", "--sandbox")
    loaded_by(*init, "--data", folder)
    return folder


@pytest.mark.parametrize(
    "arguments",
    [("--version",), ("--help",), ("key", "create", "--help"), ("import", "items", "--help"), ("logo", "--help")],
)
def test_version_and_help_load_neither_storage_nor_printing_nor_protocol(arguments: tuple[str, ...]) -> None:
    assert loaded_by(*arguments) & (STORAGE | PRINTING | PROTOCOL) == set()


@pytest.mark.parametrize(
    "arguments",
    [
        ("organization", "list"),
        ("token", "list"),
        ("key", "create", "--organization", "shop-sandbox", "--name", "Till"),
        ("verify",),
        ("doctor",),
    ],
    ids=" ".join,
)
def test_commands_on_the_books_load_neither_printing_nor_protocol(data: str, arguments: tuple[str, ...]) -> None:
    assert loaded_by(*arguments, "--data", data) & (PRINTING | PROTOCOL) == set()


def test_the_demonstration_says_what_it_does_before_it_loads_what_it_works_with(tmp_path: Path) -> None:
    """Whoever runs it sees the first line at once, also through a pipe: it was silent for seconds."""
    demo = (sys.executable, "-c", LOADED_FIRST, "demo", "--data", str(tmp_path / "data"))
    ran = subprocess.run(demo, capture_output=True, text=True, cwd=ROOT, check=True, timeout=60)
    told, modules = json.loads(ran.stdout)
    assert told.startswith("The demonstration: ")
    assert set(modules) & (STORAGE | PRINTING | PROTOCOL) == set()
    assert not (tmp_path / "data").exists()


def test_only_a_workbook_loads_what_reads_workbooks(data: str, tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text("Name\nHotel Bristol\n")
    table = str(tmp_path / "customers.csv")
    loaded = loaded_by("import", "customers", table, "--organization", "shop-sandbox", "--data", data)
    assert loaded & (PRINTING | PROTOCOL) == set()


def commands(command: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, subcommand in getattr(command, "commands", {}).items():
        yield from commands(subcommand, (*path, name))


@pytest.mark.parametrize("path", list(commands(typer.main.get_command(app))), ids=" ".join)
def test_the_help_of_every_command_shows_its_flags_without_a_value(
    path: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run_command(monkeypatch, capsys, *path, "--help")
    assert (code, "--help" in out, "bool" in out) == (0, True, False)


def test_an_option_that_takes_a_value_still_says_which() -> None:
    command = without_flag_types(typer.main.get_command(app))
    data = next(one for one in command.commands["doctor"].params if one.name == "data")
    assert data.display_type_rich(typer.Context(command)) == "<path>"


# Progress


def clock(*milliseconds: int) -> Callable[[], int]:
    moments = iter(milliseconds)
    return lambda: next(moments)


def test_short_work_tells_no_progress(capsys: pytest.CaptureFixture[str]) -> None:
    tell = plain_lines("Verifying", clock(0, 1, 2, QUIET_MILLISECONDS - 1))
    for done in (1, 2, 3):
        tell(done, 3)
    assert capsys.readouterr() == ("", "")


def test_long_work_tells_each_tenth_once_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    tell = plain_lines("Verifying", clock(0, *range(QUIET_MILLISECONDS, 10_000)))
    for done in range(1, 2_001):
        tell(done, 2_000)
    told = capsys.readouterr()
    assert told.out == ""
    lines = told.err.splitlines()
    assert (len(lines), lines[-1]) == (10, "Verifying: 2,000 of 2,000")


@pytest.mark.parametrize(("number", "text"), [(0, "0 files"), (1, "1 file"), (2, "2 files"), (50_000, "50,000 files")])
def test_what_is_counted_agrees_with_its_number(number: int, text: str) -> None:
    assert counted(number, "file") == text
