"""Tables for imports as a program gets them: bytes that are read, or refused."""

from __future__ import annotations

import pytest

from invoicing.importing.columns import match_columns
from invoicing.importing.decimals import DecimalSign
from invoicing.importing.recognizing import read_table
from invoicing.importing.tables import Table
from invoicing.importing.values import ReadRow, read_rows
from invoicing.importing.vocabulary import Kind, field_of
from invoicing.refusals import Refusal


def table(content: bytes | str, **options: str) -> Table:
    raw = content.encode() if isinstance(content, str) else content
    return read_table(raw, known=lambda heading: bool(field_of(Kind.CUSTOMERS, heading)), **options)  # type: ignore[arg-type]  # Options are texts.


def refused(content: bytes | str, **options: str) -> Refusal:
    with pytest.raises(Refusal) as found:
        table(content, **options)
    return found.value


def items(content: bytes | str, sign: DecimalSign | None = None) -> list[ReadRow]:
    read = table(content)
    return read_rows(read, match_columns(Kind.ITEMS, read, ignore_unknown=False), sign)
