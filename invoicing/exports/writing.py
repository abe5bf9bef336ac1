"""Writing an export of one of the formats that are tables, or JSON."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import assert_never

from invoicing.exports.carried import CarriedDocuments
from invoicing.exports.csv_file import COMMA, SEMICOLON, write_csv
from invoicing.exports.json_file import write_json
from invoicing.exports.xlsx_file import write_xlsx
from invoicing.progress import Tally


class TableFormat(StrEnum):
    CSV = "csv"
    CSV_SEMICOLON = "csv_semicolon"
    XLSX = "xlsx"
    JSON = "json"


def write_export(
    progress: Tally, carried: Path, target: Path, file_format: TableFormat, organization: dict[str, str]
) -> tuple[str, ...]:
    """Write the documents of the file `carried` to `target`; `organization` says whose they are. Answers the notes
    that whoever works with it must know.
    """
    documents = CarriedDocuments(carried)
    match file_format:
        case TableFormat.CSV:
            write_csv(target, documents, form=COMMA, progress=progress)
        case TableFormat.CSV_SEMICOLON:
            write_csv(target, documents, form=SEMICOLON, progress=progress)
        case TableFormat.XLSX:
            write_xlsx(target, documents, progress=progress)
        case TableFormat.JSON:
            write_json(target, organization, documents, progress=progress)
        case _:
            assert_never(file_format)
    return documents.notes
