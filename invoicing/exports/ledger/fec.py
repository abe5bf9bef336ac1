"""The journal as the file of entries that the French tax office takes (fichier des écritures comptables, FEC).

A line for each side of each entry, with the 18 fields of article A47 A-1, VII of the Livre des procédures fiscales:
separated by tabs, days as AAAAMMJJ, decimal commas, amounts in euros, ISO 8859-15. Entries are numbered in sequence, by
day; the file is named after the SIREN and the last day of the business year (IX).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from anyascii import anyascii
from stdnum.fr import siren, siret, tva

from invoicing.exports.ledger.entries import Entry, Ledger, Side
from invoicing.exports.rows import counted
from invoicing.money.amounts import money_text
from invoicing.progress import Tally
from invoicing.refusals import InvalidInput

ENCODING = "iso8859-15"
FIELDS = (
    *("JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib", "CompAuxNum"),
    *("CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit", "EcritureLet", "DateLet"),
    *("ValidDate", "Montantdevise", "Idevise"),
)
_SALES, _BANK, _OPENING = ("VE", "Ventes"), ("BQ", "Banque"), ("AN", "À nouveaux")
_ACCOUNT = re.compile(r"[0-9]{3}.*", re.ASCII)


def fec_file_name(*, registration_number: str, tax_number: str, closing: date) -> str:
    """The name of the file: `SIRENFECAAAAMMJJ.txt`.

    Raises:
        InvalidInput: neither number has a SIREN in it.
    """
    if siren.is_valid(registration_number) or siret.is_valid(registration_number):
        number = siren.compact(registration_number)[:9]
    elif tva.is_valid(tax_number):
        number = tva.compact(tax_number)[-9:]
    else:
        raise InvalidInput(
            "A FEC is named after the SIREN: the organization needs it as registration_number, or a VAT number of"
            " France as tax_number.",
            field="format",
        )
    return f"{number}FEC{closing:%Y%m%d}.txt"


def write_fec(path: Path, ledger: Ledger, entries: Iterable[Entry], progress: Tally | None = None) -> tuple[str, ...]:
    """Write the names of the fields and the sides of the entries to `path`; answers what is to be known of it.

    Raises:
        InvalidInput: the books are not French or not in euros, or an entry has no amount in euros, or an account does
            not begin with three digits.
    """
    if ledger.country != "FR" or ledger.currency != "EUR":
        raise InvalidInput("fec is for organizations in France with books in EUR.", field="format")
    with path.open("w", encoding=ENCODING, newline="") as file:
        file.write("\t".join(FIELDS) + "\r\n")
        sequence = 0
        for _, entry in counted(entries, progress):
            # An entry without sides has no line: it takes no number, for the sequence has no gap.
            sequence += bool(entry.sides)
            file.writelines("\t".join(row) + "\r\n" for row in _rows(ledger, entry, sequence))
    return _notes(ledger)


def _rows(ledger: Ledger, entry: Entry, sequence: int) -> Iterator[list[str]]:
    code, title = _SALES if entry.content else _OPENING if entry.opening else _BANK
    for side in entry.sides:
        account = ledger.accounts[side.account]
        if not _ACCOUNT.fullmatch(account.number):
            raise InvalidInput(f"Account {account.number}: in a FEC it begins with three digits.", field="format")
        debit, credit = _amounts(entry, side, ledger.currency)
        # A difference of rates is in the currency of the books alone.
        foreign = side.currency != ledger.currency and side.signed_minor
        yield [
            *(code, title, str(sequence), _day(entry.day), account.number, _text(account.name), "", ""),
            *(_text(entry.number), _day(entry.day), _text(entry.description), debit, credit, "", ""),
            _day(max(entry.day, entry.recorded_on)),
            _decimal(side.signed_minor, side.currency) if foreign else "",
            side.currency if foreign else "",
        ]


def _amounts(entry: Entry, side: Side, currency: str) -> tuple[str, str]:
    worth = side.accounting_minor
    if worth is None:
        raise InvalidInput(
            f"A FEC is whole and in EUR: what was posted for {entry.number} on {entry.day} is in {side.currency} and"
            " has no exchange rate. Export other days, or journal_csv.",
            field="format",
        )
    return _decimal(max(worth, 0), currency), _decimal(max(-worth, 0), currency)


def _notes(ledger: Ledger) -> tuple[str, ...]:
    """The tax office expects the numbers of the plan comptable général: what was earned stands in class 7."""
    others = [number for number in ledger.posted if _is_income(ledger, number) and not number.startswith("7")]
    if not others:
        return ()
    return (f"Not a number of the plan comptable général, which has income in class 7: {', '.join(others[:10])}.",)


def _is_income(ledger: Ledger, number: str) -> bool:
    return ledger.accounts[number].type == "income"


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"


def _decimal(amount_minor: int, currency: str) -> str:
    return money_text(amount_minor, currency).replace(".", ",")


def _text(text: str) -> str:
    """The text on one line in what ISO 8859-15 has; what it lacks in Latin letters."""
    plain = " ".join(text.replace("|", "/").split())
    return "".join(one if one.encode(ENCODING, "ignore") else anyascii(one) for one in plain)
