"""The journal as SAF-T Financial of Norway, version 1.30: header, accounts, customers, tax codes and entries.

As far as invoicing goes: there are no suppliers, assets or source documents, and no entries of other ledgers. Amounts
are in the currency of the books; an entry in another currency states that beside. Elements and their order are those of
Skatteetaten's schema, whose texts are cut to the lengths that it has.

Source: github.com/Skatteetaten/saf-t, Norwegian_SAF-T_Financial_Schema_v_1.30.xsd and Standard_Tax_Codes.csv; name of
the file and journals: Norwegian SAF-T Financial data, technical description.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

from stdnum.no import orgnr

from invoicing.document.parties import Address
from invoicing.exports.ledger.entries import Entry, Ledger, Side
from invoicing.exports.ledger.saft_accounts import (
    Gathered,
    TaxedAmount,
    gather,
    grouping,
    standard_code,
    taxed_amounts,
)
from invoicing.exports.ledger.xml_text import XmlText
from invoicing.exports.rows import counted
from invoicing.money.amounts import minor_digits, money_text, plain, to_major
from invoicing.progress import Tally
from invoicing.refusals import InvalidInput

NAMESPACE = "urn:StandardAuditFile-Taxation-Financial:NO"
VERSION = "1.30"
_LONG, _MIDDLE, _SHORT_MIDDLE, _SHORT = 256, 70, 35, 18
_NOT_USED = "NotUsed"
_JOURNALS = (("S", "Salg"), ("B", "Bank"))
_OPENING = ("IB", "Inngående")


def saft_file_name(*, registration_number: str, tax_number: str, made: date) -> str:
    """The name of the file: what it is, whose, and when it was made.

    Raises:
        InvalidInput: neither number is one of the register of Norway.
    """
    return f"SAF-T Financial_{_organization_number(registration_number, tax_number)}_{made:%Y%m%d}000000_1_1.xml"


def _organization_number(*numbers: str) -> str:
    for number in numbers:
        digits = "".join(character for character in number if character.isdigit())
        if orgnr.is_valid(digits):
            return digits
    raise InvalidInput(
        "A SAF-T file is of an organisasjonsnummer: the organization needs it as registration_number or tax_number.",
        field="format",
    )


def write_saft(path: Path, ledger: Ledger, entries: Iterable[Entry], progress: Tally | None = None) -> tuple[str, ...]:
    """Write the file to `path`, reading the entries several times; answers what is to be known of it.

    Raises:
        InvalidInput: the books are not Norwegian or not in NOK, the days are of several years, an entry has no amount
            in NOK, or a tax has no standard code.
    """
    check_saft_books(ledger.country, ledger.currency)
    _check_days(ledger)
    found = gather(ledger, entries)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        xml = XmlText(file)
        with xml.inside("AuditFile", xmlns=NAMESPACE):
            _header(xml, ledger)
            with xml.inside("MasterFiles"):
                _accounts(xml, ledger, found)
                _customers(xml, ledger, found)
                _tax_table(xml, found)
            _entries(xml, ledger, found, entries, progress)
    return _notes(ledger)


def check_saft_books(country: str, currency: str) -> None:
    """Refuse books of which there is no such file.

    Raises:
        InvalidInput: they are not Norwegian or not in NOK.
    """
    if country != "NO" or currency != "NOK":
        raise InvalidInput(
            "saft is for organizations in Norway with books in NOK: the files of other countries are of purchases and"
            " stock too, or are signed by certified programs.",
            field="format",
        )


def _check_days(ledger: Ledger) -> None:
    first, last = ledger.first_day, ledger.last_day
    if first is not None and last is not None and first.year != last.year:
        raise InvalidInput("A SAF-T file is of one business year: export the days of one year.", field="issued_from")


def _header(xml: XmlText, ledger: Ledger) -> None:
    seller = ledger.seller
    number = _organization_number(seller.registration_number, seller.tax_number)
    with xml.inside("Header"):
        xml.say("AuditFileVersion", VERSION)
        xml.say("AuditFileCountry", "NO")
        xml.say("AuditFileDateCreated", ledger.today.isoformat())
        xml.say("SoftwareCompanyName", "Counterfoil")
        xml.say("SoftwareID", "Counterfoil")
        xml.say("SoftwareVersion", ledger.version, most=_SHORT)
        with xml.inside("Company"):
            xml.say("RegistrationNumber", number)
            xml.say("Name", seller.name, most=_LONG)
            _address(xml, seller.address)
            with xml.inside("Contact"):
                with xml.inside("ContactPerson"):
                    xml.say("FirstName", _NOT_USED)
                    xml.say("LastName", _NOT_USED)
                xml.say("Telephone", seller.phone or _NOT_USED, most=_SHORT)
                xml.say_if("Email", seller.email, most=_MIDDLE)
            if seller.tax_number:
                with xml.inside("TaxRegistration"):
                    xml.say("TaxRegistrationNumber", f"{number}MVA")
        xml.say("DefaultCurrencyCode", ledger.currency)
        with xml.inside("SelectionCriteria"):
            xml.say("SelectionStartDate", (ledger.first_day or ledger.today).isoformat())
            xml.say("SelectionEndDate", (ledger.last_day or ledger.today).isoformat())
        xml.say("TaxAccountingBasis", "A")


def _address(xml: XmlText, address: Address) -> None:
    with xml.inside("Address"):
        xml.say_if("StreetName", address.line1, most=_LONG)
        xml.say_if("AdditionalAddressDetail", address.line2, most=_LONG)
        xml.say_if("City", address.city, most=_LONG)
        xml.say_if("PostalCode", address.postal_code, most=_MIDDLE)
        xml.say_if("Region", address.region, most=_LONG)
        xml.say_if("Country", address.country)


def _accounts(xml: XmlText, ledger: Ledger, found: Gathered) -> None:
    with xml.inside("GeneralLedgerAccounts"):
        for number, account in ledger.accounts.items():
            category, code, _ = grouping(account, ledger.chart)
            opening = ledger.opening.get(number, 0)
            with xml.inside("Account"):
                xml.say("AccountID", number)
                xml.say("AccountDescription", account.name, most=_LONG)
                xml.say("GroupingCategory", category)
                xml.say("GroupingCode", code)
                xml.say("AccountType", "GL")
                _balance(xml, "Opening", opening, ledger.currency)
                _balance(xml, "Closing", opening + found.moved.get(number, 0), ledger.currency)


def _balance(xml: XmlText, when: str, minor: int, currency: str) -> None:
    xml.say(f"{when}{'Credit' if minor < 0 else 'Debit'}Balance", money_text(abs(minor), currency))


def _customers(xml: XmlText, ledger: Ledger, found: Gathered) -> None:
    if not found.customers:
        return
    with xml.inside("Customers"):
        for customer, party in found.customers.items():
            with xml.inside("Customer"):
                xml.say_if("RegistrationNumber", _registered(party.registration_number), most=_SHORT_MIDDLE)
                xml.say("Name", party.name, most=_LONG)
                if party.address != Address():
                    _address(xml, party.address)
                xml.say("CustomerID", _identifier(customer))


def _registered(number: str) -> str:
    """A number of the register of Norway without what paper has between its digits; another one as it is."""
    digits = "".join(number.split())
    return digits if orgnr.is_valid(digits) else number


def _identifier(customer: str) -> str:
    """A customer's id without what it is of: it has 35 characters there at most."""
    return customer.rpartition("_")[2]


def _tax_table(xml: XmlText, found: Gathered) -> None:
    if not found.taxes:
        return
    with xml.inside("TaxTable"), xml.inside("TaxTableEntry"):
        xml.say("TaxType", "MVA")
        xml.say("Description", "Merverdiavgift")
        for (code, rate), category in found.taxes.items():
            with xml.inside("TaxCodeDetails"):
                xml.say("TaxCode", code)
                xml.say("TaxPercentage", plain(rate))
                xml.say("Country", "NO")
                xml.say("StandardTaxCode", standard_code(code, rate, category))
                xml.say("BaseRate", "100")


def _entries(xml: XmlText, ledger: Ledger, found: Gathered, entries: Iterable[Entry], progress: Tally | None) -> None:
    """The entries by journal, and in each by day."""
    with xml.inside("GeneralLedgerEntries"):
        xml.say("NumberOfEntries", str(found.entries))
        xml.say("TotalDebit", money_text(found.debit_minor, ledger.currency))
        xml.say("TotalCredit", money_text(found.credit_minor, ledger.currency))
        for journal, title in (*_JOURNALS, *([_OPENING] if found.openings else [])):
            with xml.inside("Journal"):
                xml.say("JournalID", journal)
                xml.say("Description", title)
                xml.say("Type", title)
                for _, entry in counted(entries, progress if journal == "S" else None):
                    if _journal_of(entry) == journal and entry.sides:
                        _transaction(xml, ledger, entry)


def _journal_of(entry: Entry) -> str:
    return "S" if entry.content else _OPENING[0] if entry.opening else "B"


def _transaction(xml: XmlText, ledger: Ledger, entry: Entry) -> None:
    sold = taxed_amounts(ledger, entry)
    with xml.inside("Transaction"):
        xml.say("TransactionID", entry.id)
        xml.say("Period", str(entry.day.month))
        xml.say("PeriodYear", str(entry.day.year))
        xml.say("TransactionDate", entry.day.isoformat())
        xml.say("Description", entry.description, most=_LONG)
        xml.say("SystemEntryDate", entry.recorded_on.isoformat())
        xml.say("GLPostingDate", entry.day.isoformat())
        xml.say("CustomerID", _identifier(entry.customer))
        for position, side in enumerate(entry.sides, start=1):
            with xml.inside("Line"):
                xml.say("RecordID", str(position))
                xml.say("AccountID", side.account)
                xml.say("SourceDocumentID", entry.number, most=_SHORT_MIDDLE)
                xml.say("CustomerID", _identifier(entry.customer))
                xml.say("Description", entry.description, most=_LONG)
                _side(xml, ledger, side)
                for amount in sold:
                    if amount.account == side.account:
                        _tax_of(xml, ledger, amount)


def _side(xml: XmlText, ledger: Ledger, side: Side) -> None:
    worth = side.accounting_minor or 0
    debited = worth > 0 or (not worth and side.signed_minor > 0)
    with xml.inside("DebitAmount" if debited else "CreditAmount"):
        amount = to_major(abs(worth), ledger.currency)
        xml.say("Amount", money_text(abs(worth), ledger.currency))
        # An amount has two decimals there at most.
        if side.signed_minor and side.currency != ledger.currency and minor_digits(side.currency) <= 2:
            foreign = to_major(abs(side.signed_minor), side.currency)
            xml.say("CurrencyCode", side.currency)
            xml.say("CurrencyAmount", money_text(abs(side.signed_minor), side.currency))
            xml.say("ExchangeRate", plain((amount / foreign).quantize(Decimal("0.00000001"))))


def _tax_of(xml: XmlText, ledger: Ledger, amount: TaxedAmount) -> None:
    sold = amount.net_minor >= 0
    with xml.inside("TaxInformation"):
        xml.say("TaxType", "MVA")
        xml.say("TaxCode", amount.code)
        xml.say("TaxPercentage", plain(amount.rate))
        xml.say("Country", "NO")
        xml.say("TaxBase", money_text(abs(amount.net_minor), ledger.currency))
        with xml.inside("CreditTaxAmount" if sold else "DebitTaxAmount"):
            xml.say("Amount", money_text(amount.tax_minor if sold else -amount.tax_minor, ledger.currency))


def _notes(ledger: Ledger) -> tuple[str, ...]:
    """Which accounts stand in the income statement by their type alone, of those that were posted to."""
    by_type = [number for number in ledger.posted if not grouping(ledger.accounts[number], ledger.chart)[2]]
    said = (f"Mapped to the income statement by their type alone; look them over: {', '.join(by_type)}.",)
    return said if by_type else ()
