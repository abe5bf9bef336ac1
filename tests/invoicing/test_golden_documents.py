"""Documents of every version of the canonical text, as they were issued: they are read, and have their hash, for ever.

Each file of `golden/<version>/` has a document's text and what its link in the hash chain covers besides. None is ever
changed; a new version adds a folder.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from invoicing.document.canonical import (
    CANONICAL_VERSION,
    document_from_text,
    document_link_text,
    document_text,
    fits_version,
    link_hash,
)
from invoicing.document.documents import DocumentKind

GOLDEN = Path(__file__).parent / "golden"
FILES = sorted(GOLDEN.glob("*/*.json"))


def told(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


def version_of(path: Path) -> int:
    return int(path.parent.name)


def golden(path: Path) -> tuple[str, dict[str, Any]]:
    """The text, and what belongs to its link."""
    value = json.loads(path.read_text("utf-8"))
    return value["text"], value["link"]


def test_there_are_documents_of_each_version_and_of_each_kind() -> None:
    assert {version_of(path) for path in FILES} == set(range(1, CANONICAL_VERSION + 1))
    for version in range(1, CANONICAL_VERSION + 1):
        kinds = {document_from_text(golden(path)[0]).kind for path in FILES if version_of(path) == version}
        assert kinds == set(DocumentKind)


@pytest.mark.parametrize("path", FILES, ids=told)
def test_a_golden_document_is_read_and_written_again_byte_for_byte(path: Path) -> None:
    text, _ = golden(path)
    document = document_from_text(text)
    assert document_text(document) == text
    assert [version for version in range(4) if fits_version(document, version)] == [version_of(path)]


@pytest.mark.parametrize("path", FILES, ids=told)
def test_a_golden_document_keeps_its_hash(path: Path) -> None:
    text, link = golden(path)
    covered = document_link_text(
        text,
        version=version_of(path),
        series=link["series"],
        period=link["period"],
        sequence=link["sequence"],
        issued_at=datetime.fromisoformat(f"{link['issued_at']}+00:00"),
        by=link["by"],
    )
    assert link_hash(previous=link["previous_hash"], position=link["position"], text=covered) == link["hash"]


def test_a_link_of_another_version_is_another_link() -> None:
    moment = datetime.fromisoformat("2026-03-16T12:00:00+00:00")
    first, second = (
        document_link_text("{}", version=version, series="S", period="2026", sequence=1, issued_at=moment, by="x")
        for version in (1, 2)
    )
    assert "version" not in first
    assert '"version":2' in second
