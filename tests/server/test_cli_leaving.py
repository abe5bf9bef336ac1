"""The commands by which a client leaves and comes: wrong uses change nothing, and each says what is to be done next."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from tests.server.test_cli import INIT, Run, _work, run, worked
from tests.support.stores import copy

__all__ = ["run", "worked"]
BAKERY = "harbour-bakery-sandbox"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A client with two invoices and a PDF."""
    folder = tmp_path_factory.mktemp("made")
    anyio.run(_work, folder / "data")
    return folder


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Path:
    copy(made / "data", tmp_path / "data")
    return tmp_path / "data"


def test_the_whole_way_of_a_client_from_one_installation_to_another(run: Run, data: Path, tmp_path: Path) -> None:
    file, there = tmp_path / "bakery.zip", tmp_path / "there"
    assert run(*INIT, "--sandbox", data=there).code == 0
    handed = run("hand-over", BAKERY, str(file), data=data)
    assert handed.code == 0, handed
    key = handed.out.split("--signed-by ")[1].strip()
    assert f"{BAKERY} was handed over: 2 documents, 1 file, in {file}." in handed.out
    assert run("verify", data=data).code == 0
    refusal = run("series", "continue", "--organization", BAKERY, "--code", "X", "--next", "9", data=data).refusal
    assert "it can be read, not changed" in refusal

    taken = run("take-over", str(file), "--signed-by", key, "--json", data=there).json
    assert (taken["handle"], taken["documents"], taken["files"]) == (BAKERY, 2, 1)
    assert run("verify", data=there).code == 0
    assert run("take-over", str(file), "--signed-by", key, data=there).refusal.startswith("conflict: ")
    sealed = run("hand-over", BAKERY, "--receipt", taken["receipt"], "--signed-by", taken["signed_by"], data=data)
    assert "it cannot be taken back any more" in sealed.out
    assert "cannot be taken back" in run("hand-over", BAKERY, "--take-back", "--reason", "no", data=data).refusal


@pytest.mark.parametrize(
    "arguments",
    [
        ("hand-over",),
        ("hand-over", BAKERY),
        ("hand-over", BAKERY, "FILE", "--take-back"),
        ("hand-over", BAKERY, "FILE", "--reason", "why"),
        ("hand-over", BAKERY, "--take-back", "--signed-by", "0" * 32),
        ("remove", BAKERY),
        ("take-over",),
    ],
    ids=" ".join,
)
def test_a_wrong_use_exits_with_2(run: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert run(*arguments, data=tmp_path / "none").code == 2
    assert list(tmp_path.iterdir()) == []


def test_a_client_is_removed_when_its_handle_is_typed_and_the_retention_was_said(
    run: Run, data: Path, tmp_path: Path
) -> None:
    file = tmp_path / "bakery.zip"
    refused = run("remove", BAKERY, str(file), data=data)
    assert "Type the handle of the organization that is to be removed" in refused.refusal
    assert "the law has it kept until 2032-12-31 at least (VAT Regulations 1995" in refused.out
    assert not file.exists()
    assert run("anchors", str(tmp_path / "anchors"), data=data).code == 0
    removed = run("remove", BAKERY, str(file), "--confirm", BAKERY, "--json", data=data).json
    assert (removed["documents"], removed["files"], file.exists()) == (2, 2, True)
    assert BAKERY not in run("organization", "list", "--archived", data=data).out
    assert run("verify", "--anchors", str(tmp_path / "anchors"), data=data).code == 0
    assert run("doctor", data=data).code == 0
    refused = run("remove", "ledger-co-sandbox", str(file) + "2", "--confirm", "ledger-co-sandbox", data=data)
    assert "is a practice" in refused.refusal


def test_one_organization_is_backed_up_into_a_file_and_put_back_from_it(run: Run, data: Path, tmp_path: Path) -> None:
    file = tmp_path / "bakery.zip"
    assert run("backup", str(file), "--organization", BAKERY, data=data).code == 0
    (pdf,) = data.glob("organizations/*/documents/*.pdf")
    content = pdf.read_bytes()
    pdf.unlink()
    assert run("backup", str(tmp_path / "other.zip"), "--organization", BAKERY, data=data).refusal.startswith("unavail")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bakery.zip", "data"]
    lost = run("restore", str(file), "--organization", BAKERY, "--reason", "a lost file", data=data)
    assert (lost.code, pdf.read_bytes() == content) == (0, True)
    assert run("verify", data=data).code == 0
    there = tmp_path / "there"
    assert run(*INIT, "--sandbox", data=there).code == 0
    key = run("signing-key", "show", "--json", data=data).json["signs"]["name"]
    refusal = run("take-over", str(file), "--signed-by", key, data=there).refusal
    assert "may go on where this archive was made" in refusal
    taken = run(
        "take-over", str(file), "--signed-by", key, "--reason", "its place burnt down", "--json", data=there
    ).json
    assert (taken["handle"], taken["receipt"]) == (BAKERY, "")
