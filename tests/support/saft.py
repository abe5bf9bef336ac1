"""The form of a Norwegian SAF-T Financial file, element by element, and what holds among them.

Source: Skatteetaten's schema, github.com/Skatteetaten/saf-t, Norwegian_SAF-T_Financial_Schema_v_1.30.xsd: of each
element its children in their order, which of them must be there, and the lengths, kinds and values of texts. Optional
elements that our files never have are left out. Standard_Tax_Codes.csv and naeringsspesifikasjon.csv from the same
place: codes of sales, and categories with their codes, as far as our files can have them. Technical description: the
name of the file. Our files were also valid by the schema itself when this was written (xmlschema 4.3).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

from tests.support.ledgers import Posted

NAME = re.compile(r"SAF-T Financial_(\d{9})_(\d{14})_1_1\.xml")
NAMESPACE = "urn:StandardAuditFile-Taxation-Financial:NO"
_AMOUNTS = "Amount (CurrencyCode CurrencyAmount ExchangeRate?)?"
CHILDREN = {
    "AuditFile": "Header MasterFiles? GeneralLedgerEntries?",
    "Header": "AuditFileVersion AuditFileCountry AuditFileDateCreated SoftwareCompanyName SoftwareID SoftwareVersion"
    " Company DefaultCurrencyCode SelectionCriteria TaxAccountingBasis",
    "Company": "RegistrationNumber Name Address* Contact+ TaxRegistration*",
    "Address": "StreetName? AdditionalAddressDetail? City? PostalCode? Region? Country?",
    "Contact": "ContactPerson Telephone? Email?",
    "ContactPerson": "FirstName LastName",
    "TaxRegistration": "TaxRegistrationNumber",
    "SelectionCriteria": "SelectionStartDate SelectionEndDate",
    "MasterFiles": "GeneralLedgerAccounts? Customers? TaxTable?",
    "GeneralLedgerAccounts": "Account+",
    "Account": "AccountID AccountDescription GroupingCategory GroupingCode AccountType"
    " (OpeningDebitBalance|OpeningCreditBalance) (ClosingDebitBalance|ClosingCreditBalance)",
    "Customers": "Customer+",
    "Customer": "RegistrationNumber? Name Address* CustomerID",
    "TaxTable": "TaxTableEntry+",
    "TaxTableEntry": "TaxType Description TaxCodeDetails+",
    "TaxCodeDetails": "TaxCode TaxPercentage? Country StandardTaxCode BaseRate+",
    "GeneralLedgerEntries": "NumberOfEntries TotalDebit TotalCredit Journal*",
    "Journal": "JournalID Description Type Transaction*",
    "Transaction": "TransactionID Period PeriodYear TransactionDate Description SystemEntryDate GLPostingDate"
    " CustomerID? Line+",
    "Line": "RecordID AccountID SourceDocumentID? CustomerID? Description (DebitAmount|CreditAmount) TaxInformation*",
    "DebitAmount": _AMOUNTS,
    "CreditAmount": _AMOUNTS,
    "TaxInformation": "TaxType? TaxCode? TaxPercentage? Country? TaxBase? (DebitTaxAmount|CreditTaxAmount)",
    "DebitTaxAmount": _AMOUNTS,
    "CreditTaxAmount": _AMOUNTS,
}
_MONEY = r"-?\d{1,16}(\.\d{1,2})?"
_DAY = r"\d{4}-\d{2}-\d{2}"
TEXTS = {
    "AuditFileVersion": r"1\.30",
    "AuditFileCountry": "NO",
    "AuditFileDateCreated": _DAY,
    "SoftwareCompanyName": ".{1,70}",
    "SoftwareID": ".{1,256}",
    "SoftwareVersion": ".{1,18}",
    "RegistrationNumber": ".{1,35}",
    "Name": ".{1,256}",
    "StreetName": ".{1,256}",
    "AdditionalAddressDetail": ".{1,256}",
    "City": ".{1,256}",
    "PostalCode": ".{1,70}",
    "Region": ".{1,256}",
    "Country": "[A-Z]{2}",
    "FirstName": ".{1,35}",
    "LastName": ".{1,70}",
    "Telephone": ".{1,18}",
    "Email": ".{1,70}",
    "TaxRegistrationNumber": r"\d{9}MVA",
    "DefaultCurrencyCode": "[A-Z]{3}",
    "SelectionStartDate": _DAY,
    "SelectionEndDate": _DAY,
    "TaxAccountingBasis": "A",
    "AccountID": ".{1,70}",
    "AccountDescription": ".{1,256}",
    "GroupingCategory": ".{1,256}",
    "GroupingCode": ".{1,35}",
    "AccountType": "GL",
    "OpeningDebitBalance": _MONEY,
    "OpeningCreditBalance": _MONEY,
    "ClosingDebitBalance": _MONEY,
    "ClosingCreditBalance": _MONEY,
    "CustomerID": ".{1,35}",
    "TaxType": "MVA",
    "TaxCode": ".{1,70}",
    "TaxPercentage": r"\d+(\.\d+)?",
    "StandardTaxCode": "[0-9anAN]{1,2}",
    "BaseRate": r"\d+(\.\d+)?",
    "NumberOfEntries": r"\d+",
    "TotalDebit": _MONEY,
    "TotalCredit": _MONEY,
    "JournalID": ".{1,18}",
    "Description": ".{1,256}",
    "Type": ".{1,9}",
    "TransactionID": ".{1,70}",
    "Period": r"\d+",
    "PeriodYear": r"(19[7-9]\d|20\d\d|2100)",
    "TransactionDate": _DAY,
    "SystemEntryDate": _DAY,
    "GLPostingDate": _DAY,
    "RecordID": ".{1,18}",
    "SourceDocumentID": ".{1,35}",
    "Amount": _MONEY,
    "CurrencyCode": "[A-Z]{3}",
    "CurrencyAmount": _MONEY,
    "ExchangeRate": r"\d{1,10}(\.\d{1,8})?",
    "TaxBase": r"-?\d+(\.\d+)?",
}
STANDARD_CODES = {"3": "25", "31": "15", "32": "11.11", "33": "12", "5": "0", "51": "0", "52": "0", "6": "0"}
"""Skatteetaten's codes of sales, and the rate of each in 2026."""
GROUPS = {
    "balanseverdiForAnleggsmiddel": {"1290"},
    "balanseverdiForOmloepsmiddel": {"1400", "1500", "1570", "1900", "1920"},
    "kortsiktigGjeld": {"2400", "2500", "2740", "2900", "2949", "2980", "2990"},
    "langsiktigGjeld": {"2220"},
    "egenkapital": {"2000", "2050"},
    "salgsinntekt": {"3000", "3200"},
    "annenDriftsinntekt": {"3900"},
    "varekostnad": {"4005"},
    "loennskostnad": {"5000"},
    "annenDriftskostnad": {"6000", "6300", "6700", "6995", "7330", "7700", "7830"},
    "finansinntekt": {"8060"},
    "finanskostnad": {"8150", "8160"},
    "skattekostnad": {"8300"},
}


@dataclass(frozen=True, slots=True)
class Saft:
    """What a file says: the texts of its header and customers in their order; accounts with their texts and balances
    before and after, debits more than zero; tax codes; sides; and of each side that has any, its taxes with base and
    tax, more than zero for a sale.
    """

    header: list[str]
    accounts: dict[str, tuple[str, str, str, Decimal, Decimal]]
    customers: list[list[str]]
    tax_codes: list[list[str]]
    sides: list[Posted]
    of_sides: list[list[str]]
    taxes: list[tuple[str, str, str, Decimal, Decimal]]


def read_saft(path: Path) -> Saft:
    """The contents of a file in the form above; an AssertionError names the first element that is not."""
    root = ElementTree.fromstring(path.read_bytes())  # noqa: S314 - A file of our own.
    _check_form(root)
    accounts = {_text(one, "AccountID"): _account(one) for one in _all(root, "Account")}
    assert len(accounts) == len(list(_all(root, "Account")))
    customers = [_leaves(one) for one in _all(root, "Customer")]
    codes = [_leaves(one) for one in _all(root, "TaxCodeDetails")]
    for _, rate, country, standard, base in codes:
        assert (country, base, STANDARD_CODES[standard]) == ("NO", "100", rate)
    assert all(_text(one, "Description") == "Merverdiavgift" for one in _all(root, "TaxTableEntry"))
    found = Saft([], accounts, customers, codes, [], [], [])
    found.header.extend(_leaves(_one(root, "Header")))
    first, last = (_day(_text(root, name)) for name in ("SelectionStartDate", "SelectionEndDate"))
    for transaction in _all(root, "Transaction"):
        assert first <= _day(_text(transaction, "TransactionDate")) <= last
        _read_transaction(transaction, found, {one[-1] for one in customers}, {one[0]: one[1] for one in codes})
    _check_sums(_one(root, "GeneralLedgerEntries"), found)
    return found


def _check_form(element: ElementTree.Element) -> None:
    name = _name(element)
    children = [_name(child) for child in element]
    if name in CHILDREN:
        wanted = re.sub(r"\w+", lambda match: f"(?:{match[0]} )", CHILDREN[name]).replace(" )", "\0").replace(" ", "")
        assert re.fullmatch(wanted.replace("\0", " )"), "".join(f"{child} " for child in children)), (name, children)
        assert not (element.text or "").strip()
    else:
        assert re.fullmatch(TEXTS[name], element.text or ""), (name, element.text)
        assert not children
    for child in element:
        _check_form(child)


def _account(element: ElementTree.Element) -> tuple[str, str, str, Decimal, Decimal]:
    _, title, category, code, _, opening, closing = element
    assert code.text in GROUPS[category.text or ""], (category.text, code.text)
    return title.text or "", category.text or "", code.text or "", _balance(opening), _balance(closing)


def _balance(element: ElementTree.Element) -> Decimal:
    amount = Decimal(element.text or "")
    assert amount >= 0
    return -amount if "Credit" in element.tag else amount


def _read_transaction(element: ElementTree.Element, found: Saft, customers: set[str], codes: dict[str, str]) -> None:
    entry, text, customer = (_text(element, name) for name in ("TransactionID", "Description", "CustomerID"))
    day = _text(element, "TransactionDate")
    assert (_text(element, "Period"), _text(element, "PeriodYear")) == (str(_day(day).month), day[:4])
    assert _text(element, "GLPostingDate") == day
    assert _day(_text(element, "SystemEntryDate")) >= _day(day)
    assert customer in customers
    total = Decimal(0)
    for position, line in enumerate(_all(element, "Line"), start=1):
        account, amount = _text(line, "AccountID"), line[5]
        assert (_text(line, "RecordID"), _text(line, "CustomerID")) == (str(position), customer)
        assert _text(line, "Description") == text
        assert text.startswith(f"{_text(line, 'SourceDocumentID')} ")
        sign = 1 if _name(amount) == "DebitAmount" else -1
        worth, units, currency = _amounts(amount)
        total += sign * worth
        label = f"{day} {text}: {account} {found.accounts[account][0]}"
        found.sides.append(Posted(entry, label, sign * units, currency, sign * worth))
        found.of_sides.append([_text(line, "SourceDocumentID"), _text(element, "SystemEntryDate")])
        for tax in _all(line, "TaxInformation"):
            found.taxes.append(_tax(tax, account, codes))
    assert not total


def _amounts(element: ElementTree.Element) -> tuple[Decimal, Decimal, str]:
    worth, *foreign = [Decimal(element[0].text or ""), *element[1:]]
    assert isinstance(worth, Decimal)
    assert worth >= 0
    if not foreign:
        return worth, worth, "NOK"
    units, rate = (Decimal(_text(element, name)) for name in ("CurrencyAmount", "ExchangeRate"))
    assert abs(units * rate - worth) <= Decimal("0.01")
    assert _text(element, "CurrencyCode") != "NOK"
    return worth, units, _text(element, "CurrencyCode")


def _tax(element: ElementTree.Element, account: str, codes: dict[str, str]) -> tuple[str, str, str, Decimal, Decimal]:
    code, rate, base = (_text(element, name) for name in ("TaxCode", "TaxPercentage", "TaxBase"))
    assert _text(element, "Country") == "NO"
    assert codes[code] == rate
    sign = 1 if _name(element[-1]) == "CreditTaxAmount" else -1
    return account, code, rate, sign * Decimal(base), sign * _amounts(element[-1])[0]


def _check_sums(element: ElementTree.Element, found: Saft) -> None:
    debit = sum((side.worth or Decimal(0) for side in found.sides if (side.worth or 0) > 0), Decimal(0))
    assert Decimal(_text(element, "TotalDebit")) == Decimal(_text(element, "TotalCredit")) == debit
    assert int(_text(element, "NumberOfEntries")) == len({side.entry for side in found.sides})
    moved = dict.fromkeys(found.accounts, Decimal(0))
    for side in found.sides:
        moved[side.label.partition(": ")[2].split(" ")[0]] += side.worth or 0
    for number, (*_, opening, closing) in found.accounts.items():
        assert opening + moved[number] == closing, number
    journals = [tuple(child.text for child in journal[:3]) for journal in _all(element, "Journal")]
    assert journals[:2] == [("S", "Salg", "Salg"), ("B", "Bank", "Bank")]
    assert journals[2:] in ([], [("IB", "Inngående", "Inngående")])


def _name(element: ElementTree.Element) -> str:
    namespace, _, name = element.tag.rpartition("}")
    assert namespace == f"{{{NAMESPACE}"
    return name


def _all(element: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return element.findall(f".//{{{NAMESPACE}}}{name}")


def _one(element: ElementTree.Element, name: str) -> ElementTree.Element:
    return _all(element, name)[0]


def _text(element: ElementTree.Element, name: str) -> str:
    return _one(element, name).text or ""


def _leaves(element: ElementTree.Element) -> list[str]:
    return [one.text or "" for one in element.iter() if not len(one)]


def _day(text: str) -> date:
    return date.fromisoformat(text)
