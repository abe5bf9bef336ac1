"""The commands `mandate`, and what `init` says of mandates."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.server.test_cli_settings import Shell

OF = ("--organization", "forno-sandbox")


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    for name in ("COUNTERFOIL_DATA", "COUNTERFOIL_PUBLIC_URL"):
        monkeypatch.delenv(name, raising=False)
    return Shell(tmp_path / "data", monkeypatch, capsys)


def begin(shell: Shell, country: str, *more: str) -> str:
    return shell.said("init", "--name", "Forno", "--country", country, "--email", "a@example.com", "--sandbox", *more)


def test_init_says_which_mandates_hold(shell: Shell) -> None:
    assert "Mandate it-sdi, Fattura elettronica, since 2019-01-01" in begin(shell, "IT")


def test_init_gives_the_mandates_as_data_too(shell: Shell) -> None:
    said = json.loads(begin(shell, "HU", "--json"))
    assert [line.split(",")[0] for line in said["mandates"]] == ["Mandate hu-online-szamla"]


def test_a_mandate_is_listed_acknowledged_and_withdrawn(shell: Shell) -> None:
    begin(shell, "IT")
    assert [one["code"] for one in shell.data_of("mandate", "list", *OF)] == ["it-sdi", "it-abroad"]
    said = shell.said("mandate", "acknowledge", "it-sdi", *OF, "--handed-in", "entered in the SdI")
    assert "Handed in (a@example.com): entered in the SdI" in said
    assert shell.data_of("mandate", "list", *OF)[0]["handed_in"] == "entered in the SdI"
    assert "Handed in" not in shell.said("mandate", "withdraw", "it-sdi", *OF)
    assert shell.refused("mandate", "withdraw", "it-sdi", *OF).startswith("conflict: code: nothing is acknowledged")


def test_a_country_without_mandates_says_so(shell: Shell) -> None:
    begin(shell, "US")
    assert shell.said("mandate", "list", *OF) == "No mandate: in United States a PDF is an invoice.\n"
