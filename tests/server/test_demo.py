"""`counterfoil demo`: the whole job once, as the real process tells it, and as README.md quotes it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from invoicing.refusals import Unavailable
from server.cli import complaint_of
from tests.support.command_line import run_command
from tests.support.processes import run_program

ROOT = Path(__file__).parents[2]
LEFT_OUT = "[...]"


@dataclass(frozen=True, slots=True)
class Demonstration:
    data: Path
    out: str


def run_demo(data: Path, *options: str) -> Demonstration:
    ran = run_program("demo", "--data", str(data), *options)
    assert (ran.returncode, ran.stderr) == (0, "")
    return Demonstration(data, ran.stdout)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    return run_demo(tmp_path_factory.mktemp("demo") / "told")


@pytest.fixture(scope="module")
def as_data(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    return run_demo(tmp_path_factory.mktemp("demo") / "data", "--json")


def content_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_demonstration_shows_the_whole_job(as_data: Demonstration) -> None:
    report: dict[str, Any] = json.loads(as_data.out)
    assert report["practice"] == "larkfield-accounting-sandbox"
    assert [client["country"] for client in report["clients"]] == ["GB", "DE", "GR"]
    assert [client["layers"]["organization"] for client in report["clients"]] == ["copied", "fresh", "fresh"]
    for client in report["clients"]:
        assert client["invoice"]["number"].startswith("TEST-INV-")
        assert all(Path(client[file]).is_file() for file in ("pdf", "csv", "zip"))
    bakery, finch, _ = report["clients"]
    assert bakery["payment"]["amount"] == bakery["invoice"]["total"]
    assert finch["credit_note"]["number"].startswith("TEST-CN-")
    assert Path(finch["credit_note_pdf"]).is_file()
    assert len(report["checks"]) > 10


def test_a_folder_with_something_in_it_is_refused_and_left_alone(
    as_data: Demonstration, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = content_of(as_data.data)
    code, _, err = run_command(monkeypatch, capsys, "demo", "--data", str(as_data.data))
    assert (code, err.startswith("counterfoil: conflict: ")) == (1, True)
    assert content_of(as_data.data) == before


@pytest.mark.parametrize("option", ["--database-url", "--files-url"])
def test_the_demonstration_makes_a_folder_of_its_own_and_takes_no_other_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    code, _, err = run_command(monkeypatch, capsys, "demo", "--data", str(tmp_path / "new"), option, "s3://a/b")
    assert (code, f"No such option: {option}" in err) == (2, True)
    assert not (tmp_path / "new").exists()


def test_what_stops_the_demonstration_is_one_line() -> None:
    """The client's task groups wrap what ends them: it was a traceback."""
    stopped = Unavailable("The demonstration stopped at issue_invoice: not_ready")
    assert complaint_of(ExceptionGroup("session", [ExceptionGroup("transport", [stopped])])) == (
        "unavailable: The demonstration stopped at issue_invoice: not_ready"
    )
    assert complaint_of(ExceptionGroup("several", [stopped, stopped])) == ""
    assert complaint_of(ExceptionGroup("defect", [LookupError("books without a profile")])) == ""


@pytest.mark.parametrize("command", ["verify", "doctor"])
def test_what_the_demonstration_leaves_is_in_order(
    as_data: Demonstration, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert run_command(monkeypatch, capsys, command, "--data", str(as_data.data))[0] == 0


def at_any_time(text: str) -> str:
    """The text with years and days that say nothing of when it was written."""
    text = re.sub(r"\d{4}-\d\d-\d\d", "DAY", text)
    return re.sub(r"TEST-(INV|CN)-\d{4}-", r"TEST-\1-YEAR-", text)


def quoted(readme: str, beginning: str) -> list[str]:
    """The lines of the block of README.md that begins so."""
    (block,) = [block for block in re.findall(r"```text\n(.*?)```", readme, re.DOTALL) if block.startswith(beginning)]
    lines: list[str] = block.splitlines()
    return lines


def in_order(wanted: list[str], lines: list[str], holds: Callable[[str, str], bool]) -> str:
    """The first of the wanted lines that the others lack, or have only before what was found already."""
    rest = iter(lines)
    return next((line for line in wanted if not any(holds(line, other) for other in rest)), "")


def agrees(pattern: str, line: str) -> bool:
    return re.fullmatch(".*".join(re.escape(part) for part in pattern.split(LEFT_OUT)), line) is not None


def test_the_readme_quotes_what_the_demonstration_prints(told: Demonstration) -> None:
    excerpt = quoted(at_any_time((ROOT / "README.md").read_text("utf-8")), "1. create_client_organization")
    wanted = [line for line in excerpt if line.strip() != LEFT_OUT]
    assert len(wanted) > 15
    assert in_order(wanted, at_any_time(told.out).splitlines(), agrees) == ""


def test_lines_that_follow_each_other_in_the_readme_do_so_in_the_output(told: Demonstration) -> None:
    """Whatever is left out between two lines is marked."""
    excerpt = quoted(at_any_time((ROOT / "README.md").read_text("utf-8")), "1. create_client_organization")
    printed = [line for line in at_any_time(told.out).splitlines() if line]
    for line, following in pairwise(excerpt):
        if LEFT_OUT not in (line.strip(), following.strip()):
            pairs = pairwise(printed)
            assert any(agrees(line, one) and agrees(following, other) for one, other in pairs), following
