"""The form of a FEC, field by field, and what holds among its lines.

Source: article A47 A-1 of the Livre des procédures fiscales, VII (names, order and kind of the 18 fields), VI (one
separator, the first line names the fields), IX (name of the file) and XII (days, numbers, characters);
BOI-CF-IOR-60-40-20 on sequence and balance.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

from tests.support.ledgers import Posted

_DAY = r"\d{8}"
_AMOUNT = r"\d+,\d{2}"
_TEXT = r"\S(.*\S)?"
RULES = {
    "JournalCode": _TEXT,
    "JournalLib": _TEXT,
    "EcritureNum": r"[1-9]\d*",
    "EcritureDate": _DAY,
    "CompteNum": r"\d{3}\w*",
    "CompteLib": _TEXT,
    "CompAuxNum": "",
    "CompAuxLib": "",
    "PieceRef": _TEXT,
    "PieceDate": _DAY,
    "EcritureLib": _TEXT,
    "Debit": _AMOUNT,
    "Credit": _AMOUNT,
    "EcritureLet": "",
    "DateLet": "",
    "ValidDate": _DAY,
    "Montantdevise": r"(-?\d+(,\d+)?)?",
    "Idevise": "([A-Z]{3})?",
}
"""CompAux, Let: empty where they are not used, which they are not here."""
JOURNALS = {"VE": "Ventes", "BQ": "Banque", "AN": "À nouveaux"}
NAME = re.compile(r"(\d{9})FEC(\d{4})(\d{2})(\d{2})\.txt")


def read_fec(path: Path) -> list[Posted]:
    """The sides of a file that is as the article says, in its order; an AssertionError names the first that is not. The
    entry is its number in the sequence.
    """
    content = path.read_bytes()
    assert content.endswith(b"\r\n")
    head, *lines = content.decode("iso8859-15").removesuffix("\r\n").split("\r\n")
    assert head.split("\t") == list(RULES)
    rows = [_checked(line.split("\t")) for line in lines]
    numbers = [int(row["EcritureNum"]) for row in rows]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(1, max(numbers, default=0) + 1))
    days = [row["EcritureDate"] for row in rows]
    assert days == sorted(days)
    _check_entries(rows)
    return [_posted(row) for row in rows]


def _checked(fields: list[str]) -> dict[str, str]:
    row = dict(zip(RULES, fields, strict=True)) if len(fields) == len(RULES) else {}
    assert row, fields
    for name, rule in RULES.items():
        assert re.fullmatch(rule, row[name]), (name, row[name])
    assert JOURNALS.get(row["JournalCode"]) == row["JournalLib"]
    assert _day(row["PieceDate"]) <= _day(row["ValidDate"])
    assert _day(row["EcritureDate"]) <= _day(row["ValidDate"])
    assert "0,00" in (row["Debit"], row["Credit"])
    assert bool(row["Montantdevise"]) == bool(row["Idevise"])
    assert row["Idevise"] != "EUR"
    return row


def _check_entries(rows: list[dict[str, str]]) -> None:
    """An entry balances, and has one journal, day, document and text, and one currency besides euros."""
    balances: dict[str, Decimal] = defaultdict(Decimal)
    shared: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    currencies: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        balances[row["EcritureNum"]] += _number(row["Debit"]) - _number(row["Credit"])
        names = ("JournalCode", "EcritureDate", "PieceRef", "PieceDate", "EcritureLib", "ValidDate")
        shared[row["EcritureNum"]].add(tuple(row[name] for name in names))
        if row["Idevise"]:
            currencies[row["EcritureNum"]].add(row["Idevise"])
    assert set(balances.values()) <= {Decimal(0)}
    assert all(len(of) == 1 for of in shared.values())
    assert all(len(of) == 1 for of in currencies.values())


def _posted(row: dict[str, str]) -> Posted:
    worth = _number(row["Debit"]) - _number(row["Credit"])
    amount = _number(row["Montantdevise"]) if row["Idevise"] else worth
    label = f"{_day(row['EcritureDate'])} {row['EcritureLib']}: {row['CompteNum']} {row['CompteLib']}"
    assert row["EcritureLib"].startswith(f"{row['PieceRef']} ")
    return Posted(row["EcritureNum"], label, amount, row["Idevise"] or "EUR", worth)


def _day(text: str) -> date:
    day = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    assert re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", day), day
    return date.fromisoformat(day)


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))
