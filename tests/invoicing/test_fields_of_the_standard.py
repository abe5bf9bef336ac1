"""docs/fields.md says of each term of EN 16931 where it is, and of each field of a document which term it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from invoicing.document.details import DOCUMENT, LINE
from invoicing.document.documents import Document

PAGE = (Path(__file__).parents[2] / "docs" / "fields.md").read_text("utf-8")
OF_THE_STANDARD, OURS = PAGE.split("## Ours alone")
ROWS = [
    [cell.strip() for cell in line.strip().strip("|").split("|")]
    for line in OF_THE_STANDARD.splitlines()
    if line.startswith(("| BT-", "| BG-"))
]
TERMS = {f"BT-{number}" for number in range(1, 166) if number != 4}
"""The standard has no BT-4."""
GROUPS = {f"BG-{number}" for number in range(1, 33)}


def quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def parts(kind: Any) -> dict[str, Any]:
    """The fields of a dataclass with the class of each, or of what a list of them has."""
    hints = get_type_hints(kind)
    return {one.name: bare(hints[one.name]) for one in fields(kind)}


def bare(hint: Any) -> Any:
    if get_origin(hint) is tuple:
        return bare(get_args(hint)[0])
    return next((one for one in get_args(hint) if one is not NoneType), hint)


def leaves(kind: Any, path: str = "") -> Iterator[str]:
    for name, part in parts(kind).items():
        if is_dataclass(part):
            yield from leaves(part, f"{path}{name}.")
        else:
            yield f"{path}{name}"


def is_field(path: str) -> bool:
    held: Any = Document
    for name in path.split("."):
        if not is_dataclass(held) or name not in parts(held):
            return False
        held = parts(held)[name]
    return True


def test_every_term_and_group_of_the_standard_has_a_row() -> None:
    found = [row[0] for row in ROWS]
    assert sorted(found) == sorted(TERMS | GROUPS)


def test_every_term_is_a_field_or_computed_or_has_a_reason_not_to_be_here() -> None:
    for term, _, ours, _ in ROWS:
        assert quoted(ours) or ours == "computed" or ours.startswith("not supported, because "), term
        if "not supported" not in ours:
            assert [path for path in quoted(ours) if not is_field(path)] == [], term


def test_every_field_of_a_document_is_a_term_or_ours_alone() -> None:
    named = {path for row in ROWS for path in quoted(row[2])}
    alone = {path for line in OURS.splitlines() if line.startswith("| `") for path in quoted(line.split("|")[1])}
    assert [path for path in alone if not is_field(path)] == []
    unnamed = {path for path in leaves(Document) if path not in named}
    untold = {path for path in unnamed if not any(path == one or path.startswith(f"{one}.") for one in alone)}
    assert untold == set()
    assert named & alone == set()


def test_what_is_said_in_details_is_one_of_them() -> None:
    for row in ROWS:
        _, _, names = row[3].partition("details `")
        for name in quoted(f"`{names}".split("; ")[0].split(", by")[0]) if names else ():
            assert name in (LINE if "lines" in row[2] else DOCUMENT), row[0]
