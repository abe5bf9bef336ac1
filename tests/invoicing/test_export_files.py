"""Exported files: what is held at a time, the same bytes for the same documents, and what progress hears."""

from __future__ import annotations

import json
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from invoicing.exports.archive import open_archive
from invoicing.exports.csv_file import write_csv
from invoicing.exports.json_file import write_json
from invoicing.exports.rows import ExportedDocument
from invoicing.exports.xlsx_file import write_xlsx
from invoicing.progress import Tally
from tests.invoicing.test_exports import ORGANIZATION, exported, read_csv, read_sheet, taxed_line


def test_no_documents_make_a_valid_empty_export(tmp_path: Path) -> None:
    write_csv(tmp_path / "out.csv", [])
    write_xlsx(tmp_path / "out.xlsx", [])
    write_json(tmp_path / "out.json", ORGANIZATION, [])
    with open_archive(tmp_path / "out.zip") as empty:
        empty.end({})
    assert read_csv(tmp_path / "out.csv") == []
    assert read_sheet(tmp_path / "out.xlsx", "Documents") == []
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["documents"] == []
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.namelist() == ["manifest.json", "SHA256SUMS"]


Writer = Callable[[Path, Iterator[ExportedDocument], Tally], None]


def as_csv(path: Path, documents: Iterator[ExportedDocument], progress: Tally) -> None:
    write_csv(path, documents, progress=progress)


def as_xlsx(path: Path, documents: Iterator[ExportedDocument], progress: Tally) -> None:
    write_xlsx(path, documents, progress=progress)


def as_json(path: Path, documents: Iterator[ExportedDocument], progress: Tally) -> None:
    write_json(path, ORGANIZATION, documents, progress=progress)


def as_archive(path: Path, documents: Iterator[ExportedDocument], progress: Tally) -> None:
    with open_archive(path) as archive:
        for done, exported in enumerate(documents, start=1):
            archive.add(exported.document.number, b"%PDF" + bytes(50_000), "0" * 64)
            progress(done)
        archive.end({})


WRITERS = pytest.mark.parametrize("write", [as_csv, as_xlsx, as_json, as_archive])


def many(count: int) -> Iterator[ExportedDocument]:
    lines = [taxed_line(f"Beratung {position}" + "." * 100) for position in range(3)]
    for sequence in range(count):
        yield exported(f"INV-2026-{sequence:05d}", *lines)


@WRITERS
def test_what_is_held_at_a_time_does_not_grow_with_the_documents(tmp_path: Path, write: Writer) -> None:
    def bytes_held(count: int) -> int:
        tracemalloc.start()
        try:
            write(tmp_path / "out", many(count), lambda done: None)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    bytes_held(2)
    few, more = bytes_held(20), bytes_held(200)
    # The values of a document take about 10,000 bytes, its PDF 50,000; an archive keeps each one's name and sum.
    assert more - few < 180 * 3_000
    assert few < 600_000
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@WRITERS
def test_the_same_documents_give_the_same_file(tmp_path: Path, write: Writer) -> None:
    for name in ("one", "two"):
        write(tmp_path / name, many(3), lambda done: None)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@WRITERS
def test_progress_hears_of_each_document(tmp_path: Path, write: Writer) -> None:
    heard: list[int] = []
    write(tmp_path / "out", many(3), heard.append)
    assert heard == [1, 2, 3]
