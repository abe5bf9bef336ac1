"""The journal as a batch of bookings for DATEV: EXTF, header version 700, category 21, format version 13.

A row has one amount, an account and a contra account. A document has a row for each account and rate: the gross
amount, of which DATEV takes the tax out again by its key, or without one where the account is an automatic one of that
rate. The amount column is gross: what is written there without its tax is posted too low. Tax that has no key is a row
of its own, and then both amounts stand as they were posted.

Source: https://developer.datev.de/datev/platform/de/dtvf/formate/buchungsstapel (fields and their form), and /header.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from anyascii import anyascii

from invoicing.charts import automatic_accounts
from invoicing.exports.ledger.bookings import Booking, bookings
from invoicing.exports.ledger.datev_columns import COLUMNS
from invoicing.exports.ledger.entries import Entry, Ledger
from invoicing.exports.ledger.untold import Untold
from invoicing.exports.rows import counted
from invoicing.money.amounts import minor_digits, to_major
from invoicing.progress import Tally
from invoicing.refusals import InvalidInput

ENCODING = "cp1252"
AMOUNT_MAX = Decimal("9999999999.99")
_TEXT_MAX, _NUMBER_MAX = 60, 36
_NOT_IN_NUMBER = re.compile(r"[^\w$%\-/]", re.ASCII)
_ADVISER, _CLIENT = "1001", "1"
_LENGTHS = range(4, 9)
_FRAMES = {"skr03": "03", "skr04": "04"}


def write_datev(path: Path, ledger: Ledger, entries: Iterable[Entry], progress: Tally | None = None) -> tuple[str, ...]:
    """Write header, names of columns and bookings to `path`; answers what whoever imports it must know.

    Raises:
        InvalidInput: the books are not German or not in euros, or the days are of several years, or an account or an
            amount is none of DATEV's.
    """
    _check(ledger)
    untold = Untold()
    with path.open("w", encoding=ENCODING, newline="") as file:
        file.write(f"{';'.join(_header(ledger))}\r\n")
        file.write(f"{';'.join(COLUMNS)}\r\n")
        for _, entry in counted(entries, progress):
            file.writelines(f"{row}\r\n" for row in _rows(ledger, entry, untold))
    return (
        f"Berater {_ADVISER} and Mandant {_CLIENT} stand in the header: the tax adviser's own take their place.",
        *untold.notes(),
    )


def _check(ledger: Ledger) -> None:
    if ledger.country != "DE" or ledger.currency != "EUR":
        raise InvalidInput("datev is for organizations in Germany with books in EUR.", field="format")
    first, last = ledger.first_day, ledger.last_day
    if first is not None and last is not None and first.year != last.year:
        raise InvalidInput(
            "A day of a DATEV batch has no year: export the days of one calendar year.", field="issued_from"
        )


def _account_length(ledger: Ledger) -> int:
    """How many digits accounts have: those that were posted to are of one length, which `_account` sees to."""
    return next((len(number) for number in ledger.posted if len(number) in _LENGTHS), _LENGTHS[0])


def _account(ledger: Ledger, number: str) -> str:
    length = _account_length(ledger)
    if not (number.isascii() and number.isdigit()) or len(number) != length:
        raise InvalidInput(
            f"Account {number}: DATEV takes accounts of 4 to 8 digits, all of one length (here {length}).",
            field="format",
        )
    return number


def _header(ledger: Ledger) -> list[str]:
    first, last = ledger.first_day or ledger.today, ledger.last_day or ledger.today
    fields = ['"EXTF"', "700", "21", '"Buchungsstapel"', "13", f"{ledger.today:%Y%m%d}000000000", "", '"RE"']
    fields += ['""', '""', _ADVISER, _CLIENT, f"{first.year}0101", str(_account_length(ledger))]
    fields += [f"{first:%Y%m%d}", f"{last:%Y%m%d}", _quoted("Counterfoil"), '""', "1", "0", "0", '"EUR"']
    return [*fields, "", '""', "", "", _quoted(_FRAMES.get(ledger.chart, "")), "", "", '""', '""']


def _rows(ledger: Ledger, entry: Entry, untold: Untold) -> Iterator[str]:
    if any(side.accounting_minor is None for side in entry.sides):
        untold.without_rate(entry.number)
        return
    number = _NOT_IN_NUMBER.sub("-", entry.number)[:_NUMBER_MAX]
    if number != entry.number:
        untold.renamed(entry.number)
    for booking in bookings(entry, ledger.currency, automatic_accounts(ledger.chart)):
        if booking.tax_apart:
            untold.taxed_apart(entry.number)
        if not booking.worth_minor:
            untold.worthless(entry.number)
            continue
        yield _row(ledger, booking, entry.day, number, entry.description)


def _row(ledger: Ledger, booking: Booking, day: date, number: str, text: str) -> str:
    fields = [
        *_amounts(booking, ledger.currency),
        _account(ledger, booking.account),
        _account(ledger, booking.contra),
        _quoted(booking.key),
        f"{day:%d%m}",
        _quoted(number),
        '""',
        "",
        _quoted(_readable(text)[:_TEXT_MAX]),
    ]
    return ";".join(fields + [""] * (len(COLUMNS) - len(fields)))


def _amounts(booking: Booking, books_currency: str) -> Iterator[str]:
    """Amount, side, currency, rate, and amount and currency of the books. DATEV knows a rate as what one euro costs,
    from 1 on; with another, and in a currency of three decimals, the amount in euros stands alone.
    """
    worth = to_major(abs(booking.worth_minor), books_currency)
    amount, currency, rest = worth, books_currency, ("", "", '""')
    if booking.currency != books_currency and minor_digits(booking.currency) <= 2:
        foreign = to_major(abs(booking.signed_minor), booking.currency)
        rate = (foreign / worth).quantize(Decimal("0.000001"))
        if 1 <= rate < 10_000 and booking.signed_minor * booking.worth_minor > 0:
            amount, currency = foreign, booking.currency
            rest = (_decimal(rate, 6), _decimal(worth, 2), _quoted(books_currency))
    if max(amount, worth) > AMOUNT_MAX:
        raise InvalidInput(f"DATEV takes amounts up to {AMOUNT_MAX}: {amount} {currency} is more.", field="format")
    side = "S" if booking.worth_minor > 0 else "H"
    yield from (_decimal(amount, 2), _quoted(side), _quoted(currency), *rest)


def _decimal(number: Decimal, places: int) -> str:
    return format(number, f".{places}f").replace(".", ",")


def _readable(text: str) -> str:
    """The text in what Windows-1252 has; what it lacks in Latin letters."""
    return "".join(
        one if one.encode(ENCODING, "ignore") else anyascii(one) for one in text.replace("\n", " ").replace("\r", " ")
    )


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
