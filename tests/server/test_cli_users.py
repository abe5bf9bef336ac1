"""`counterfoil user`: people are invited, limited, removed and listed without a browser at hand."""

from __future__ import annotations

import json
import re
from pathlib import Path

import anyio
import pytest

from tests.support.command_line import run_command
from tests.support.practice import practice

ANA, PRACTICE, BAKERY, FINCH = (
    "ana@example.com",
    "ledger-co-sandbox",
    "harbour-bakery-sandbox",
    "finch-studio-sandbox",
)


async def _begin(data: Path) -> None:
    async with practice(data) as one:
        await one.client("Harbour Bakery")
        await one.client("Finch Studio")


def test_a_colleague_is_invited_limited_and_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    anyio.run(_begin, tmp_path)
    whom = ("--email", ANA, "--organization", PRACTICE, "--data", str(tmp_path))

    def user(command: str, *options: str) -> str:
        code, out, err = run_command(monkeypatch, capsys, "user", command, *options)
        assert (code, err) == (0, ""), err
        return out

    def listed() -> str:
        return user("list", "--data", str(tmp_path))

    invited = user("invite", *whom, "--role", "accountant", "--clients", f"{BAKERY}, {FINCH}")
    joined, link, token = invited.splitlines()
    assert joined == f"{ANA} is accountant of {PRACTICE}, limited to {BAKERY}, {FINCH} from now on."
    assert re.search(r"a new person signs in with it, once: http://localhost:8750/sign-in/link/[\w-]{43}$", link)
    assert token == f"A token for connecting without a browser: counterfoil token create --user {ANA}"
    user("limit", *whom, "--clients", BAKERY)
    assert f"{ANA}    accountant of {PRACTICE}, limited to {BAKERY}\n" in listed()
    data = json.loads(user("limit", *whom, "--all-clients", "--json"))
    assert data == {"email": ANA, "role": "accountant", "organization": PRACTICE, "clients": None}
    assert f"{ANA}    accountant of {PRACTICE}\n" in listed()
    assert user("remove", *whom) == f"{ANA} belongs to {PRACTICE} no longer.\n"
    assert listed() == f"owner@example.com  owner of {PRACTICE}\n"


def test_a_way_in_is_made_for_whoever_has_lost_every_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    anyio.run(_begin, tmp_path)
    monkeypatch.setenv("COUNTERFOIL_USER", "nobody@example.com")
    link = ("user", "sign-in-link", "--user", "Owner@example.com", "--data", str(tmp_path))
    _, said, _ = run_command(monkeypatch, capsys, *link)
    assert (
        "whoever opens this link and presses the button is signed in, once, as owner@example.com: http://localhost:8750/sign-in/link/"
        in said
    )
    url = "https://books.example.com"
    _, said, _ = run_command(monkeypatch, capsys, *link, "--json", "--public-url", url)
    assert re.fullmatch(re.escape(url) + r"/sign-in/link/[\w-]{43}", json.loads(said)["url"])
    code, _, err = run_command(monkeypatch, capsys, *link[:2], "--user", "x@example.com", "--data", str(tmp_path))
    assert (code, "No user has this e-mail address" in err) == (1, True)


@pytest.mark.parametrize(
    ("command", "options", "code", "said"),
    [
        ("invite", ("--role", "boss"), 1, "invalid_input: role must be owner, accountant, viewer or client."),
        ("invite", ("--role", "viewer", "--clients", "nobody"), 1, "not_found: clients: "),
        ("limit", (), 2, "give --clients or --all-clients"),
        ("limit", ("--clients", BAKERY, "--all-clients"), 2, "give --clients or --all-clients"),
        ("remove", (), 1, "not_found: Nobody with this e-mail address belongs to"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    options: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    anyio.run(_begin, tmp_path)
    whom = ("--email", ANA, "--organization", PRACTICE, "--data", str(tmp_path))
    ended, _, err = run_command(monkeypatch, capsys, "user", command, *whom, *options)
    assert (ended, said in err) == (code, True), err


def test_the_last_owner_is_not_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    anyio.run(_begin, tmp_path)
    whom = ("--email", "owner@example.com", "--organization", PRACTICE, "--data", str(tmp_path))
    code, _, err = run_command(monkeypatch, capsys, "user", "remove", *whom)
    assert (code, err.startswith("counterfoil: conflict: owner@example.com is the last owner")) == (1, True)


def test_whoever_removes_somebody_is_told_of_the_keys_that_they_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    anyio.run(_begin, tmp_path)
    monkeypatch.setenv("COUNTERFOIL_DATA", str(tmp_path))
    whom = ("--email", ANA, "--organization", PRACTICE)

    def run(*command: str, user: str = "") -> str:
        monkeypatch.setenv("COUNTERFOIL_USER", user)
        code, out, err = run_command(monkeypatch, capsys, *command)
        assert (code, err) == (0, ""), err
        return out

    run("user", "invite", *whom, "--role", "accountant")
    made = run("key", "create", "--organization", BAKERY, "--name", "Till", "--json", user=ANA)
    prefix = json.loads(made)["prefix"]
    gone = f"{ANA} belongs to {PRACTICE} no longer.\n"
    assert run("user", "remove", *whom) == (
        f"{gone}Still open: the key {prefix} (Till) of {BAKERY}; to end it: counterfoil key revoke {prefix}\n"
    )
    run("user", "invite", *whom, "--role", "viewer")
    assert run("user", "remove", *whom, "--revoke-keys") == f"{gone}Revoked: the key {prefix} (Till) of {BAKERY}.\n"
    run("user", "invite", *whom, "--role", "viewer")
    assert run("user", "remove", *whom, "--revoke-keys") == gone
