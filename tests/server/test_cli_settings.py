"""The commands `tax-code` and `series`: kept, listed, refused in one clear line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from storage.books.pool import BOOKS_FILE
from tests.support.begun import begin_folder
from tests.support.command_line import run_command
from tests.support.raw import raw_value

OF = ("--organization", "larkfield-sandbox")
NYC = ("--part", "state:New York State:4", "--part", "city:New York City:4.5", "--part", "district:MCTD:0.375")


class Shell:
    """Commands in this process, on one data folder."""

    def __init__(self, data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.data, self._monkeypatch, self._capsys = data, monkeypatch, capsys

    def run(self, *arguments: str) -> tuple[int, str, str]:
        return run_command(self._monkeypatch, self._capsys, *arguments, "--data", str(self.data))

    def said(self, *arguments: str) -> str:
        code, out, err = self.run(*arguments)
        assert (code, err) == (0, ""), err
        return out

    def data_of(self, *arguments: str) -> Any:
        return json.loads(self.said(*arguments, "--json"))

    def refused(self, *arguments: str) -> str:
        code, out, err = self.run(*arguments)
        assert (code, out) == (1, "")
        assert err.count("\n") == 1
        return err.removeprefix("counterfoil: ")


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    for name in ("COUNTERFOIL_DATA", "COUNTERFOIL_PUBLIC_URL"):
        monkeypatch.delenv(name, raising=False)
    opened = Shell(tmp_path / "data", monkeypatch, capsys)
    begin_folder(tmp_path / "data")
    opened.said("init", "--name", "Larkfield", "--country", "US", "--email", "a@example.com", "--sandbox")
    return opened


def test_a_tax_code_and_a_stack_are_saved_and_listed(shell: Shell) -> None:
    basics = ("--name", "California", "--label", "CA sales tax", "--percent", "7.25", "--valid-from", "2026-01-01")
    said = shell.said("tax-code", "save", "ca", *OF, *basics)
    assert said.splitlines() == [
        "Added in larkfield-sandbox:",
        "CA  California, CA sales tax, category S: 7.25 % from 2026-01-01",
    ]
    city = ("--name", "New York City", *NYC, "--valid-from", "2026-01-01", "--default")
    stack = shell.data_of("tax-code", "save", "NYC", *OF, *city)
    assert (stack["created"], stack["tax_code"]["label"], stack["tax_code"]["default"]) == (True, "Sales tax", True)
    shown = {code["code"]: code for code in shell.data_of("tax-code", "list", *OF)}
    assert [part["rates"][0]["percent"] for part in shown["NYC"]["parts"]] == ["4", "4.5", "0.375"]
    assert [code for code, one in shown.items() if one["default"]] == ["NYC"]
    listed = shell.said("tax-code", "list", *OF)
    assert (
        "NYC (default)  New York City, Sales tax, category S\n    state New York State: 4 % from 2026-01-01" in listed
    )
    raised = shell.said("tax-code", "save", "CA", *OF, "--percent", "7.5", "--valid-from", "2026-07-01")
    assert "7.25 % from 2026-01-01 to 2026-06-30, 7.5 % from 2026-07-01" in raised


def test_a_new_default_says_which_code_it_replaces(shell: Shell) -> None:
    (before,) = [code["code"] for code in shell.data_of("tax-code", "list", *OF) if code["default"]]
    basics = ("--name", "California", "--percent", "7.25", "--valid-from", "2026-01-01", "--default")
    said = shell.said("tax-code", "save", "CA", *OF, *basics)
    assert said.splitlines()[-1] == f"It is the default now, instead of {before}."
    raised = ("tax-code", "save", "CA", *OF, "--percent", "7.5", "--valid-from", "2026-07-01")
    assert shell.data_of(*raised)["replaced_default"] is None
    assert shell.data_of("tax-code", "save", before, *OF, "--default")["replaced_default"] == "CA"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("CA", *OF), "invalid_input: name is required"),
        (("CA", *OF, "--name", "CA", "--percent", "seven", "--valid-from", "2026-01-01"), "invalid_input: percent"),
        (("CA", *OF, "--name", "CA", "--percent", "7", "--valid-from", "1/1/2026"), "invalid_input: valid_from"),
        (("CA", *OF, "--name", "CA", "--part", "California", "--valid-from", "2026-01-01"), "invalid_input: part must"),
        (("CA", "--organization", "nobody", "--name", "CA"), "not_found: "),
    ],
)
def test_a_tax_code_that_does_not_fit_is_one_clear_line(shell: Shell, arguments: tuple[str, ...], told: str) -> None:
    before = shell.said("tax-code", "list", *OF)
    assert shell.refused("tax-code", "save", *arguments).startswith(told)
    assert shell.said("tax-code", "list", *OF) == before


def test_series_are_added_continued_and_listed(shell: Shell) -> None:
    added = shell.said("series", "add", *OF, "--kind", "invoice", "--code", "WEB", "--pattern", "WEB-{YYYY}-{SEQ:5}")
    assert added.startswith("WEB  invoice, when named: WEB-{YYYY}-{SEQ:5}, next TEST-WEB-20")
    going_on = shell.data_of("series", "continue", *OF, "--code", "INVOICES", "--next", "1042")
    assert going_on["next_number"].endswith("-01042")
    assert shell.refused("series", "continue", *OF, "--code", "INVOICES", "--next", "9").startswith("conflict: ")
    assert shell.refused("series", "add", *OF, "--code", "WEB2", "--pattern", "WEB").startswith(
        "invalid_input: pattern"
    )
    listed = {one["code"]: one["usual"] for one in shell.data_of("series", "list", *OF)}
    assert listed == {"CREDIT-NOTES": True, "INVOICES": True, "WEB": False}
    code, out, _ = shell.run("verify")
    assert (code, out.endswith("in order\n")) == (0, True)
    (folder,) = shell.data.glob("organizations/*")
    acts = "SELECT count(*) FROM audit_entries WHERE act IN ('add_series', 'continue_series')"
    assert raw_value(folder / BOOKS_FILE, acts) == 2
