"""Writing an export of the journal in one of its formats."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import assert_never

from invoicing.exports.ledger.beancount import write_beancount
from invoicing.exports.ledger.carried import CarriedEntries
from invoicing.exports.ledger.datev import write_datev
from invoicing.exports.ledger.fec import write_fec
from invoicing.exports.ledger.journal_csv import write_journal_csv
from invoicing.exports.ledger.quickbooks import write_quickbooks
from invoicing.exports.ledger.saft import write_saft
from invoicing.exports.ledger.xero import write_xero
from invoicing.progress import Tally


class LedgerFormat(StrEnum):
    JOURNAL_CSV = "journal_csv"
    BEANCOUNT = "beancount"
    DATEV = "datev"
    FEC = "fec"
    XERO = "xero"
    QUICKBOOKS = "quickbooks"
    SAFT = "saft"


_WITH_DIMENSIONS = frozenset({LedgerFormat.JOURNAL_CSV, LedgerFormat.BEANCOUNT})
"""The formats that say what lines are tagged with."""


def write_ledger(progress: Tally, carried: Path, target: Path, ledger_format: LedgerFormat) -> tuple[str, ...]:
    """Write the entries of the file `carried` to `target`. Answers the notes that whoever works with it must know.

    Raises:
        InvalidInput: something that the format cannot say at all.
    """
    entries = CarriedEntries(carried)
    notes = _write(progress, entries, target, ledger_format)
    return notes if ledger_format in _WITH_DIMENSIONS else (*notes, *entries.notes_on_dimensions)


def _write(progress: Tally, entries: CarriedEntries, target: Path, ledger_format: LedgerFormat) -> tuple[str, ...]:
    match ledger_format:
        case LedgerFormat.JOURNAL_CSV:
            write_journal_csv(target, entries.ledger, entries, progress)
        case LedgerFormat.BEANCOUNT:
            write_beancount(target, entries.ledger, entries, progress)
        case LedgerFormat.DATEV:
            return write_datev(target, entries.ledger, entries, progress)
        case LedgerFormat.FEC:
            return write_fec(target, entries.ledger, entries, progress)
        case LedgerFormat.XERO:
            return write_xero(target, entries.ledger, entries, progress)
        case LedgerFormat.QUICKBOOKS:
            return write_quickbooks(target, entries.ledger, entries, progress)
        case LedgerFormat.SAFT:
            return write_saft(target, entries.ledger, entries, progress)
        case _:
            assert_never(ledger_format)
    return entries.notes
