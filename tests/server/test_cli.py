"""The command line: exit codes, one clear line when refused, data as JSON, and nothing changed by a refusal."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import anyio
import pytest

from server.app import local_office
from storage.faults.kinds import Fault
from tests.support.command_line import run_command
from tests.support.practice import practice
from tests.support.processes import run_program
from tests.support.raw import past_triggers, raw
from tests.support.stores import is_on_server, settings

ROOT = Path(__file__).parents[2]
INIT = ("init", "--name", "Larkfield Accounting", "--country", "GB", "--email", "Partner@Larkfield.example")


@dataclass(frozen=True, slots=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def refusal(self) -> str:
        """The one line that says what was refused; lines of progress may stand before it."""
        complaints = [line for line in self.err.splitlines() if line.startswith("counterfoil: ")]
        assert self.code == 1, self
        assert complaints == self.err.splitlines()[-1:], self.err
        assert "Traceback" not in self.err
        return complaints[0].removeprefix("counterfoil: ")

    @property
    def json(self) -> dict[str, Any]:
        assert self.code == 0, self
        answer: dict[str, Any] = json.loads(self.out)
        return answer


Run = Callable[..., Outcome]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process, as the console script does; `data` is the folder it is to work in."""
    for name in ("COUNTERFOIL_DATA", "COUNTERFOIL_PUBLIC_URL"):
        monkeypatch.delenv(name, raising=False)

    def run_in(*arguments: str, data: Path | None = None) -> Outcome:
        return Outcome(*run_command(monkeypatch, capsys, *arguments, *(("--data", str(data)) if data else ())))

    return run_in


@pytest.fixture
def worked(tmp_path: Path) -> Path:
    """A data folder with two invoices and a PDF of the second, which nobody has open."""
    anyio.run(_work, tmp_path / "data")
    return tmp_path / "data"


async def _work(data: Path) -> None:
    from operations.files import render_document

    async with practice(data) as one:
        books = one.books(await one.client("Harbour Bakery"))
        customer = await one.customer(books)
        await one.issue(books, customer.id)
        await one.issue(books, customer.id)
        await render_document(books, "TEST-INV-2026-00002", file_format="pdf")


def client_folder(data: Path) -> Path:
    with raw(data / "directory.db") as connection:
        (found,) = connection.execute("SELECT id FROM organizations WHERE partner_id IS NOT NULL").fetchone()
    return data / "organizations" / str(found)


def content_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# Usage


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nonsense",),
        ("init",),
        ("init", "--name", "X"),
        (*INIT, "--colour", "blue"),
        ("backup",),
        ("verify", "--json", "more"),
    ],
)
def test_a_wrong_use_exits_with_2(run: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    outcome = run(*arguments)
    assert outcome.code == 2
    assert "Traceback" not in outcome.err
    assert list(tmp_path.iterdir()) == []


# init


@pytest.mark.parametrize(
    ("options", "handle"),
    [
        ((), "larkfield-accounting"),
        (("--sandbox",), "larkfield-accounting-sandbox"),
        (("--kind", "standard"), "larkfield-accounting"),
    ],
)
def test_init_makes_the_practice_and_its_owner_once(
    run: Run, tmp_path: Path, options: tuple[str, ...], handle: str
) -> None:
    data = tmp_path / "data"
    answer = run(*INIT, *options, "--json", data=data).json
    assert (answer["practice"], answer["owner"]) == (handle, "partner@larkfield.example")
    assert answer["token"].startswith("cft_")
    assert answer["sign_in_url"].startswith("http://localhost:8750/sign-in/link/")
    before = content_of(data)
    assert run(*INIT, data=data).refusal.startswith("conflict: ")
    after = content_of(data)
    assert {name for name in after if not name.endswith(("-wal", "-shm"))} == set(before)
    assert run("verify", data=data).code == 0


def test_init_says_in_text_what_it_made(run: Run, tmp_path: Path) -> None:
    outcome = run(*INIT, data=tmp_path / "data")
    assert (outcome.code, outcome.err) == (0, "")
    assert "Larkfield Accounting (larkfield-accounting, live)" in outcome.out
    asked = outcome.out.partition("To connect an AI client:\n")[2].splitlines()
    serve, link, paste = asked[:3]
    assert serve.startswith("1. ")
    assert f"counterfoil serve --data {tmp_path / 'data'}" in serve
    assert link.startswith("2. Open this link in a browser by ")
    assert "http://localhost:8750/sign-in/link/" in link
    assert paste.startswith("3. Paste this URL into the AI client")
    assert paste.endswith(" http://localhost:8750/mcp")
    assert "counterfoil stdio" in "".join(asked[3:])


def test_init_prints_where_the_server_will_be_reached(run: Run, tmp_path: Path) -> None:
    answer = run(*INIT, "--public-url", "https://books.example.com", "--json", data=tmp_path / "data").json
    assert answer["sign_in_url"].startswith("https://books.example.com/sign-in/link/")
    assert answer["connection_url"] == "https://books.example.com/mcp"
    said = run(*INIT, "--public-url", "https://books.example.com", data=tmp_path / "another").out
    assert "counterfoil serve --public-url https://books.example.com --data " in said


@pytest.mark.parametrize(
    ("option", "value", "field"),
    [
        ("--country", "XX", "country"),
        ("--email", "nobody", "e"),
        ("--name", " ", "name"),
        ("--kind", "company", "kind"),
    ],
)
def test_init_with_a_wrong_value_makes_nothing(run: Run, tmp_path: Path, option: str, value: str, field: str) -> None:
    refusal = run(*INIT, option, value, data=tmp_path / "data").refusal
    assert refusal.startswith("invalid_input: ")
    assert field in refusal
    assert not (tmp_path / "data").exists()


def test_a_data_folder_that_is_a_file_is_one_clear_line(run: Run, tmp_path: Path) -> None:
    """Found while testing: it was a traceback."""
    (tmp_path / "data").write_text("not a folder")
    in_the_way = f"unavailable: S{Fault.NOT_A_FOLDER.sentence[1:]}. "
    assert run(*INIT, data=tmp_path / "data").refusal.startswith(in_the_way)
    # On a server there is an installation, but no folder for its files.
    expected = in_the_way if is_on_server() else "not_found: "
    assert run("verify", data=tmp_path / "data").refusal.startswith(expected)


@pytest.mark.parametrize("command", [("verify",), ("doctor",), ("migrate",), ("backup", "elsewhere")])
def test_where_there_is_no_data_folder_nothing_is_made(run: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    assert run(*command, data=tmp_path / "data").refusal.startswith("not_found: ")
    assert list(tmp_path.iterdir()) == []


# Settings


def test_the_data_folder_comes_from_the_environment_unless_the_command_names_one(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTERFOIL_DATA", str(tmp_path / "from-environment"))
    assert run(*INIT, "--json").json["data"] == str(tmp_path / "from-environment")
    assert run(*INIT, "--json", data=tmp_path / "named").json["data"] == str(tmp_path / "named")
    assert run("verify").code == 0
    assert (tmp_path / "from-environment" / "directory.db").is_file()
    monkeypatch.setenv("COUNTERFOIL_PUBLIC_URL", "ftp://example.com")
    assert "public URL" in run("verify").refusal


# verify


def test_verify_tells_of_every_organization(run: Run, worked: Path) -> None:
    outcome = run("verify", data=worked)
    assert outcome.code == 0
    assert "harbour-bakery-sandbox: 2 documents, 1 file," in outcome.out
    answer = run("verify", "--json", data=worked).json
    assert answer["ok"] is True
    assert [one["handle"] for one in answer["organizations"]] == ["harbour-bakery-sandbox", "ledger-co-sandbox"]
    shape = {"handle", "documents", "files", "audit_entries", "problem", "notes"}
    assert all(set(one) == shape for one in answer["organizations"])
    only = run("verify", "--json", "--organization", "Ledger-Co-Sandbox", data=worked).json
    assert [one["documents"] for one in only["organizations"]] == [0]
    unknown = run("verify", "--organization", "nobody", data=worked).refusal
    assert unknown.startswith("not_found: ")
    assert "counterfoil organization list" in unknown


def test_verify_names_the_first_bad_document(run: Run, worked: Path) -> None:
    with past_triggers(client_folder(worked) / "books.db") as connection:
        connection.execute("UPDATE documents SET total_minor = 1 WHERE position = 2")
    outcome = run("verify", data=worked)
    assert outcome.refusal.startswith("harbour-bakery-sandbox: document TEST-INV-2026-00002: ")
    assert "ledger-co-sandbox: 0 documents, 0 files, 1 entry of the audit trail: in order" in outcome.out
    told = run("verify", "--json", data=worked)
    answer = json.loads(told.out)
    assert (told.code, answer["ok"]) == (1, False)
    assert "TEST-INV-2026-00002" in answer["organizations"][0]["problem"]


def test_verify_names_a_missing_file_and_missing_books(run: Run, worked: Path) -> None:
    folder = client_folder(worked)
    (pdf,) = (folder / "documents").iterdir()
    pdf.unlink()
    assert "file TEST-INV-2026-00002.pdf" in run("verify", data=worked).refusal
    if not is_on_server():
        (folder / "books.db").unlink()
        assert run("verify", data=worked).refusal.startswith("harbour-bakery-sandbox: ")


# doctor


def test_doctor_finds_what_is_wrong_and_cleans_only_when_told(run: Run, worked: Path) -> None:
    outcome = run("doctor", data=worked)
    assert (outcome.code, outcome.out, outcome.err) == (0, "Everything is in order.\n", "")
    assert run("doctor", "--json", data=worked).json == {"removed": 0, "findings": []}
    unfinished = worked / "organizations" / ".new-01990000-0000-7000-8000-000000000000"
    unfinished.mkdir()
    os.utime(unfinished, (0, 0))
    findings = run("doctor", "--json", data=worked).json["findings"]
    assert [set(finding) for finding in findings] == [{"severity", "subject", "message"}]
    assert findings[0]["severity"] in ("warning", "note")
    assert unfinished.is_dir()
    assert run("doctor", "--clean", "--json", data=worked).json == {"removed": 1, "findings": []}
    assert not unfinished.exists()


def test_doctor_says_errors_in_one_line_more(run: Run, worked: Path) -> None:
    (client_folder(worked) / "books.db").write_bytes(b"")
    outcome = run("doctor", data=worked)
    assert "1 error in" in outcome.refusal
    assert outcome.out.startswith("error: harbour-bakery-sandbox: ")
    told = run("doctor", "--json", data=worked)
    assert (told.code, json.loads(told.out)["findings"][0]["severity"]) == (1, "error")


@pytest.mark.parametrize("content", [b"", b"this is no database" * 500])
def test_a_damaged_directory_is_one_clear_line_from_every_command(run: Run, worked: Path, content: bytes) -> None:
    for name in ("directory.db", "directory.db-wal", "directory.db-shm"):
        (worked / name).unlink(missing_ok=True)
    (worked / "directory.db").write_bytes(content)
    for command in (("verify",), ("migrate",), ("stdio",), ("backup", str(worked.with_name("backup")))):
        assert run(*command, data=worked).refusal.startswith("unavailable: ")
    assert "error in" in run("doctor", data=worked).refusal
    assert not worked.with_name("backup").exists()


# backup, restore, migrate


def test_a_backup_is_restored_elsewhere_and_verifies(run: Run, worked: Path, tmp_path: Path) -> None:
    backup, restored = tmp_path / "backup", tmp_path / "restored"
    outcome = run("backup", str(backup), data=worked)
    assert outcome.code == 0
    assert "2 organizations" in outcome.out
    assert run("backup", str(backup), data=worked).refusal.startswith("conflict: ")
    assert run("backup", str(worked / "inside"), data=worked).refusal.startswith("invalid_input: ")
    assert run("restore", str(backup), data=worked).refusal.startswith("conflict: ")
    assert run("restore", str(tmp_path / "nothing"), data=restored).refusal.startswith("invalid_input: ")
    assert not restored.exists()
    assert run("restore", str(backup), data=restored).code == 0
    first, second = run("verify", "--json", data=worked).json, run("verify", "--json", data=restored).json
    assert first == second
    assert run("migrate", data=restored).code == 0


def test_a_backup_without_a_damaged_file_is_made_and_says_so(run: Run, worked: Path, tmp_path: Path) -> None:
    (pdf,) = (client_folder(worked) / "documents").iterdir()
    pdf.unlink()
    assert pdf.name in run("backup", str(tmp_path / "backup"), data=worked).refusal
    assert (tmp_path / "backup" / "manifest.json").is_file()


def test_migrate_reports_books_that_it_cannot_bring_up(run: Run, worked: Path) -> None:
    assert run("migrate", data=worked).code == 0
    (client_folder(worked) / "books.db").unlink()
    assert "books.db" in run("migrate", data=worked).refusal


# The real process


def test_the_real_process_prints_the_same_and_nothing_else(worked: Path, tmp_path: Path) -> None:
    refused = run_program("stdio", "--data", str(worked), "--organization", "nobody")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("counterfoil: not_found: ")
    assert len(refused.stderr.splitlines()) == 1
    verified = run_program("verify", "--json", "--data", str(worked))
    assert (verified.returncode, json.loads(verified.stdout)["ok"]) == (0, True)


def test_the_version_is_shown(run: Run) -> None:
    shown = run("--version")
    assert (shown.code, shown.out, shown.err) == (0, f"counterfoil {version('counterfoil')}\n", "")


def test_the_urls_that_commands_print_all_begin_with_the_one_that_was_named_at_the_beginning(
    run: Run, tmp_path: Path
) -> None:
    data, url = tmp_path / "data", "https://books.example.com"
    printed = [run(*INIT, "--json", "--public-url", url, data=data).json["sign_in_url"]]
    here = ("--organization", "larkfield-accounting")
    printed.append(run("user", "sign-in-link", "--user", "partner@larkfield.example", "--json", data=data).json["url"])
    invite = ("user", "invite", *here, "--email", "ana@example.com", "--role", "viewer", "--json")
    printed.append(run(*invite, data=data).json["url"])
    printed.append(run("link", "create", *here, "--json", data=data).json["url"])
    whom = ("--issuer", "https://login.example", "--client-id", "counterfoil", "--unasked", "--json")
    printed.append(run("identity-provider", "set", *whom, data=data).json["redirect_uri"])
    assert [one for one in printed if not one.startswith(f"{url}/")] == []

    async def local() -> tuple[str, str]:
        async with local_office(settings(data)) as office:
            return office.public_url, office.links_url

    assert anyio.run(local) == (url, url)
