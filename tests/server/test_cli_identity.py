"""`counterfoil identity-provider`: set, shown, linked and removed without a browser at hand."""

from __future__ import annotations

import io
import json
from pathlib import Path

import anyio
import pytest

from tests.support.command_line import run_command
from tests.support.practice import practice

ISSUER, SECRET = "https://login.example", "the-providers-own-secret"


async def _begin(data: Path) -> None:
    async with practice(data):
        pass


def test_a_provider_is_set_shown_linked_and_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    anyio.run(_begin, tmp_path)

    def provider(command: str, *options: str) -> tuple[int, str, str]:
        return run_command(monkeypatch, capsys, "identity-provider", command, *options, "--data", str(tmp_path))

    assert provider("show") == (0, "No identity provider was set.\n", "")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{SECRET}\n"))
    whom = ("--issuer", ISSUER, "--client-id", "counterfoil")
    code, out, err = provider("set", *whom, "--client-secret", "--connect-staff", "--unasked")
    assert (code, err) == (0, "")
    assert "Passwords: on. Connecting staff: on." in out
    assert "/sign-in/provider/answer\n" in out
    code, out, _ = provider("show", "--json")
    told = json.loads(out)
    assert (told.pop("redirect_uri").endswith("/sign-in/provider/answer"), SECRET in out) == (True, False)
    assert told == {
        "issuer": ISSUER,
        "client_id": "counterfoil",
        "has_client_secret": True,
        "only": False,
        "connect_staff": True,
    }
    code, out, _ = provider("link", "--email", "owner@example.com", "--subject", "7c1b")
    assert out == "owner@example.com signs in with the identity provider from now on.\n"
    assert provider("remove")[0] == 0
    assert provider("show")[1] == "No identity provider was set.\n"


@pytest.mark.parametrize("issuer", ["http://login.example", "login.example", "https://me@login.example", ""])
def test_an_issuer_that_is_no_safe_address_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], issuer: str
) -> None:
    anyio.run(_begin, tmp_path)
    options = ("--issuer", issuer, "--client-id", "counterfoil", "--unasked", "--data", str(tmp_path))
    code, _, err = run_command(monkeypatch, capsys, "identity-provider", "set", *options)
    assert (code, "invalid_input: The issuer cannot be used" in err) == (1, True)
