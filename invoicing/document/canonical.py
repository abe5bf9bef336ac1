"""The canonical text of a document, and the hash chain over it.

The text is JSON with sorted keys and no blanks; decimals are their shortest plain text, dates ISO 8601, empty
optional dates null. A field that a later release added is left out while it is empty, so that a document issued
before has the same text for ever. The chain's algorithm is named in each link, so that a later one can follow.

A text has a version, which is kept beside it and which its link covers. A field that may be empty needs no new one;
what every document states from now on does. Version 1 is of documents without tax point and accounting currency,
whose links name no version. `tests/invoicing/golden/` has documents of each version.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from json.encoder import encode_basestring as _quoted
from operator import attrgetter
from typing import Any

from invoicing.document.documents import Document
from invoicing.document.plain_values import later_defaults, made_of
from invoicing.money.amounts import plain

ALGORITHM = "counterfoil-1/sha256"
CANONICAL_VERSION = 2
# Links of the first version name none.
_NOT_NAMED = 1


def canonical_json(value: object) -> str:
    """The canonical JSON text of a value of plain types, decimals, dates, enumerations, and dataclasses of these."""
    return _text(value)


def document_text(document: Document) -> str:
    """The canonical text of a whole document: parties, lines, tax, texts and amounts."""
    return canonical_json(document)


def document_from_text(text: str) -> Document:
    """The document whose canonical text this is, of this or an earlier release.

    `document_text` of the answer is `text` again.
    """
    return made_of(Document, json.loads(text))


def fits_version(document: Document, version: int) -> bool:
    """Whether a document has what texts of this version state, and nothing that they do not; of a version that is
    not known, no document has.
    """
    states = (document.tax_point is not None, bool(document.accounting_currency))
    match version:
        case 1:
            return states == (False, False)
        case 2:
            return states == (True, True)
        case _:
            return False


def document_link_text(
    content: str, *, version: int, series: str, period: str, sequence: int, issued_at: datetime, by: str
) -> str:
    """What a document's link covers: its canonical text and the version of that, its place in its series, and who
    issued it and when.
    """
    envelope = {"by": by, "issued_at": issued_at, "period": period, "sequence": sequence, "series": series}
    if version > _NOT_NAMED:
        envelope["version"] = version
    return f"{canonical_json(envelope)}\n{content}"


def genesis(organization_id: str) -> str:
    """What the first link of an organization's chains follows: no chain fits another organization's books."""
    return hashlib.sha256(f"{ALGORITHM}\n{organization_id}".encode()).hexdigest()


def link_hash(*, previous: str, position: int, text: str) -> str:
    """The hash of one link: algorithm, previous hash, position in the chain, and the canonical text."""
    return hashlib.sha256(f"{ALGORITHM}\n{previous}\n{position}\n{text}".encode()).hexdigest()


_Writer = Callable[[Any], str]


def _new_writer(kind: type[Any]) -> _Writer:
    if is_dataclass(kind):
        return _fields_writer(kind)
    if issubclass(kind, dict):
        return lambda value: f"{{{','.join([f'{_quoted(key)}:{_text(part)}' for key, part in sorted(value.items())])}}}"
    if issubclass(kind, list | tuple):
        return lambda value: f"[{','.join([_text(part) for part in value])}]"
    if issubclass(kind, Decimal):
        return lambda value: f'"{plain(value)}"'
    if issubclass(kind, date):
        return lambda value: f'"{value.isoformat()}"'
    return (lambda value: _quoted(str(value))) if issubclass(kind, str) else json.dumps


def _fields_writer(kind: type[Any]) -> _Writer:
    """The fields in the order of their names; one that a later release added only where it is not empty."""
    added = later_defaults(kind)
    names = sorted(field.name for field in fields(kind))
    known = tuple((f"{_quoted(name)}:", name not in added, added.get(name)) for name in names)
    # It answers a single value by itself.
    values = attrgetter(*names) if len(names) > 1 else lambda value: (getattr(value, names[0]),)

    def write(value: object) -> str:
        parts = [
            name + (_quoted(part) if type(part) is str else _text(part))
            for (name, always, default), part in zip(known, values(value), strict=True)
            if always or (part is not default and part != default)
        ]
        return f"{{{','.join(parts)}}}"

    return write


# What was found out of a type: a document has a thousand lines, each of the same fields.
_WRITERS: dict[type[Any], _Writer] = {
    str: _quoted,
    int: int.__repr__,
    bool: lambda value: "true" if value else "false",
    type(None): lambda value: "null",
}


def _text(value: object) -> str:
    kind: type[Any] = type(value)
    writer = _WRITERS.get(kind)
    if writer is None:
        writer = _WRITERS[kind] = _new_writer(kind)
    return writer(value)
