"""What kind of file it is, by its first bytes; its name says nothing."""

from __future__ import annotations

from collections.abc import Callable

from invoicing.importing.csv_table import read_csv
from invoicing.importing.tables import FILE_BYTES_MAX, Table
from invoicing.progress import Progress
from invoicing.refusals import InvalidInput, LimitExceeded

_WRONG = (
    (b"%PDF", "The file is a PDF: import the table that it was made from, as CSV or XLSX."),
    (
        b"\xd0\xcf\x11\xe0",
        "The file is an old Excel file (.xls) or a workbook with a password: save it as XLSX without a password.",
    ),
    (b"\x89PNG", "The file is a picture: it must be CSV or XLSX."),
    (b"\xff\xd8\xff", "The file is a picture: it must be CSV or XLSX."),
    (b"\x1f\x8b", "The file is compressed: unpack it first."),
    (b"{\\rtf", "The file is a text document (RTF): save the table as CSV or XLSX."),
    (b"SQLite format 3", "The file is a database: it must be CSV or XLSX."),
)
_XLSX = b"PK\x03\x04"


def check_may_be_table(beginning: bytes) -> None:
    """Refuse what is certainly no table, by how it begins.

    Raises:
        InvalidInput: what it is instead.
    """
    for other, reason in _WRONG:
        if beginning.startswith(other):
            raise InvalidInput(reason, field="file")


def read_table(
    content: bytes,
    *,
    known: Callable[[str], bool],
    sheet: str = "",
    delimiter: str = "",
    encoding: str = "",
    progress: Progress | None = None,
) -> Table:
    """The table in the bytes of a file, which has at least one row beside its header.

    `known` says whether a text is the name of a column; the delimiter is recognised by it.

    Raises:
        InvalidInput: no table, or no rows, or an option that does not go with the kind of file.
        LimitExceeded: too large, or too many rows or columns.
    """
    if len(content) > FILE_BYTES_MAX:
        raise LimitExceeded(f"The file has more than {FILE_BYTES_MAX // 1024**2} MiB: split it up.", field="file")
    if not content.strip():
        raise InvalidInput("The file is empty.", field="file")
    check_may_be_table(content)
    if content.startswith(_XLSX):
        if delimiter or encoding:
            raise InvalidInput("A delimiter and an encoding go with CSV files; this one is XLSX.", field="delimiter")
        # The library that reads workbooks is large, and most files are CSV.
        from invoicing.importing.xlsx_table import read_xlsx

        table = read_xlsx(content, sheet=sheet, known=known, progress=progress)
    else:
        if sheet:
            raise InvalidInput("A sheet goes with XLSX files; this one is not XLSX.", field="sheet")
        table = read_csv(content, delimiter=delimiter, encoding=encoding, known=known)
        if table.header[0].lstrip().startswith("<"):
            raise InvalidInput("The file is a web page or XML: save the table as CSV or XLSX.", field="file")
    if not table.rows:
        raise InvalidInput("The file has a header but no rows: there is nothing to import.", field="file")
    return table
