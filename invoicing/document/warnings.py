"""What the accountant should know before a document is issued, though nothing forbids it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple
from datetime import date
from operator import attrgetter

from invoicing.countries import Country, VatRegistration, country
from invoicing.countries.names import country_named
from invoicing.document.details import said_of_document, said_of_line
from invoicing.document.documents import LINE_TEXTS, Document, DocumentKind, Line, TaxCategory
from invoicing.document.notices import Notice
from invoicing.document.parties import Party
from invoicing.document.parts import leitweg_fault
from invoicing.document.readiness import exchange_gap, has_seller_number, territory_blockers
from invoicing.master_data.profiles import Profile
from invoicing.master_data.records import BankAccount, Customer
from invoicing.money.amounts import plain
from invoicing.organizations import Environment
from invoicing.remedies import Act
from invoicing.render.fonts import unprintable_characters
from invoicing.tax.choice import ChosenTax, Rule
from invoicing.tax.facts import is_across_border
from invoicing.tax.rate_notices import rate_notices


def warnings_for(
    document: Document,
    *,
    profile: Profile,
    customer: Customer,
    today: date,
    chosen: Sequence[ChosenTax] = (),
    accounts: Sequence[BankAccount] = (),
) -> tuple[Notice, ...]:
    """Warnings, most important first; empty where there is nothing to say. `chosen` is how each line's tax was,
    `accounts` are those that there are beside the profile's.
    """
    return (
        *_territory_warning(document, profile),
        *_choice_warnings(document, profile, customer, chosen),
        *rate_notices(document, chosen, country(profile.country)),
        *_tax_warnings(document, profile),
        *_date_warnings(document, today),
        *_account_warning(document, profile),
        *_currency_of_account_warning(document, profile, accounts),
        *_reference_warnings(document, customer),
        *_print_warnings(document),
    )


def _choice_warnings(
    document: Document, profile: Profile, customer: Customer, chosen: Sequence[ChosenTax]
) -> list[Notice]:
    found = [*_supply_warning([str(tax.position) for tax in chosen if tax.taken_as_goods])]
    found.extend(dict.fromkeys(caution for tax in chosen for caution in tax.choice.cautions))
    categories = {tax.category for tax in document.taxes}
    at_home = not is_across_border(profile, customer, on=document.supply_date)
    if not at_home:
        found.extend(
            Notice("tax_code_stated", f"Line {tax.position}: {tax.code} is used, because {tax.choice.because}.")
            for tax in chosen
            if tax.choice.rule is Rule.OVERRIDDEN
        )
    if not chosen and not at_home and TaxCategory.STANDARD in categories:
        found.append(
            Notice(
                "domestic_tax_abroad",
                f"{customer.name} is in {country_named(customer.country)}, the seller in"
                f" {country_named(profile.country)}: domestic tax is charged as asked. Check whether reverse charge,"
                " intra-EU supply or export applies, and set tax_code on the lines.",
            )
        )
    if at_home and categories & {TaxCategory.INTRA_COMMUNITY, TaxCategory.EXPORT}:
        found.append(
            Notice(
                "abroad_tax_at_home",
                f"{customer.name} is in {country_named(customer.country)} like the seller, but a line is taxed as going"
                " abroad.",
            )
        )
    # EN 16931, BR-IC-2 and BR-AE-2; Article 226(4) Directive 2006/112/EC.
    if not customer.tax_number and categories & {TaxCategory.INTRA_COMMUNITY, TaxCategory.REVERSE_CHARGE}:
        found.append(
            Notice(
                "buyer_tax_number_missing",
                f"Intra-EU supply and reverse charge need the tax number of {customer.name} on the document.",
            )
        )
    return found


def _territory_warning(document: Document, profile: Profile) -> list[Notice]:
    """A sandbox may try what a live organization may not issue; there it is a blocker."""
    charged = any(tax.category is TaxCategory.STANDARD for tax in document.taxes)
    tried = charged and profile.environment is Environment.SANDBOX
    return [Notice("seller_territory", one.text, one.remedy) for one in territory_blockers(profile)] if tried else []


def _supply_warning(positions: Sequence[str]) -> list[Notice]:
    """Consultancy that is typed as a line without an item must not pass for goods that nobody called goods."""
    if not positions:
        return []
    more = len(positions) - _POSITIONS_NAMED
    which = ", ".join(positions[:_POSITIONS_NAMED]) + (f" and {more} more" if more > 0 else "")
    subject = f"Line {which} does not say" if len(positions) == 1 else f"Lines {which} do not say"
    return [
        Notice(
            "supply_not_stated",
            f"{subject} whether goods or services are supplied. Goods are assumed; services are taxed otherwise here:"
            ' set supply="services" on what is a service.',
        )
    ]


_POSITIONS_NAMED = 5


def _tax_warnings(document: Document, profile: Profile) -> list[Notice]:
    found = []
    categories = {tax.category for tax in document.taxes}
    charged = TaxCategory.STANDARD in categories
    if charged and document.tax_minor and not has_seller_number(profile):
        found.append(
            Notice(
                "seller_tax_number_missing",
                "Tax is charged, but the organization has no tax number yet.",
                Act.SET_ORGANIZATION,
            )
        )
    if TaxCategory.REVERSE_CHARGE in categories and document.seller.vat_registration and not document.seller.tax_number:
        found.append(
            Notice(
                "seller_tax_number_missing",
                "Reverse charge needs the seller's own VAT number (Article 226(3) Directive 2006/112/EC): a small"
                " enterprise needs one for services to businesses in other member states. Set tax_number.",
            )
        )
    if document.tax_minor and document.seller.vat_registration == VatRegistration.SMALL_BUSINESS:
        found.append(
            Notice(
                "tax_by_small_business",
                f"Tax is charged, but {document.seller.name} is a small business, which charges none and owes what it"
                " shows (Article 203 Directive 2006/112/EC).",
            )
        )
    # BR-O-11 to BR-O-14: "not subject to VAT" stands on a document of its own.
    if TaxCategory.OUTSIDE_SCOPE in categories and len(categories) > 1:
        found.append(
            Notice(
                "outside_scope_mixed",
                "Lines outside the scope of tax stand beside taxed or exempt ones: electronic invoices (EN 16931) want"
                " them on a document of their own.",
            )
        )
    if document.currency != profile.currency and document.exchange is None:
        found.append(
            Notice(
                "exchange_rate_missing",
                exchange_gap(document, profile)
                or f"The document is in {document.currency}, the books are in {profile.currency}: the exchange rate and"
                f" the tax in {profile.currency} are not stated on it.",
            )
        )
    rules = country(profile.country)
    if (
        rules.tax_in_national_currency
        and document.tax_minor
        and rules.currency not in (document.currency, profile.currency)
    ):
        found.append(
            Notice(
                "national_tax_missing",
                f"{rules.name} wants the tax in {rules.currency} on the document, and the books are in"
                f" {profile.currency}: state it in the note.",
            )
        )
    found.extend(_taxed_apart(document))
    found.extend(_withheld_abroad(document, rules))
    if document.total_minor == 0:
        found.append(Notice("total_zero", "The total is zero."))
    return found


def _withheld_abroad(document: Document, rules: Country) -> Iterator[Notice]:
    held, buyer = document.withholding, document.buyer
    if held is not None and buyer.address.country != rules.code:
        yield Notice(
            "withheld_abroad",
            f"{held.code} is withheld by payers in {rules.name}, and {buyer.name} is in"
            f" {country_named(buyer.address.country)}: leave it out, unless it pays through a branch there.",
        )


def _taxed_apart(document: Document) -> Iterator[Notice]:
    """A charge belongs to what it is charged with, and is taxed like it."""
    of_lines = {(line.tax_category, line.tax_rate) for line in document.lines}
    for item in document.adjustments:
        if (item.tax_category, item.tax_rate) not in of_lines:
            yield Notice(
                "adjustment_taxed_apart",
                f"{item.kind.value.capitalize()} {item.reason} is taxed {item.tax_code}, {plain(item.tax_rate)} %, and"
                " no line is: leave its tax_code out, unless it is meant so.",
            )


def _date_warnings(document: Document, today: date) -> list[Notice]:
    found = []
    issue_date = document.issue_date
    if (today - issue_date).days > _YEAR:
        found.append(
            Notice(
                "issue_date_old",
                f"The issue date {issue_date.isoformat()} lies more than a year before today, {today.isoformat()}:"
                " check the year. An invoice is dated when it is issued; supply_date says when it was supplied.",
            )
        )
    elif _belongs_to_the_past(issue_date, today):
        found.append(
            Notice(
                "issue_date_past",
                f"The issue date {issue_date.isoformat()} is in the past: the tax may belong to a return that is made"
                " already.",
            )
        )
    for name, day in (("supply_date", document.supply_date), ("supply_end", document.supply_end)):
        if day is not None and abs((day - issue_date).days) > _YEAR:
            side = "before" if day < issue_date else "after"
            found.append(
                Notice(
                    "supply_date_far",
                    f"{name} {day.isoformat()} lies more than a year {side} the issue date {issue_date.isoformat()}:"
                    " check the year. The rate of tax is that of the date of supply.",
                )
            )
    due_date = document.instalments[0].due_date if document.instalments else document.due_date
    if due_date < today and document.kind is DocumentKind.INVOICE and document.paid_on is None:
        found.append(Notice("overdue", f"The document is already overdue when issued (due {due_date.isoformat()})."))
    return found


def _account_warning(document: Document, profile: Profile) -> list[Notice]:
    """An account that is there and not named is one that this buyer cannot pay to (`invoicing.payment.accounts`)."""
    named = document.payment.iban or document.payment.account_number
    if named or not profile.iban:
        return []
    return [
        Notice(
            "no_account_for_buyer",
            f"No account is printed: {profile.iban} is a QR-IBAN, to which only buyers in Switzerland and Liechtenstein"
            " pay, in CHF or EUR. Add an account with an ordinary IBAN and the purpose foreign.",
            Act.ADD_BANK_ACCOUNT,
        )
    ]


def _currency_of_account_warning(document: Document, profile: Profile, accounts: Sequence[BankAccount]) -> list[Notice]:
    """An account that is said to be for a currency is not silently printed, or left out, on a document in another."""
    known = [one for one in accounts if one.active and one.currency]
    named = document.payment.iban or document.payment.account_number
    of_profile = profile.iban or profile.account_number
    if named:
        known = [one for one in known if named == (of_profile if one.is_default else one.iban or one.account_number)]
    elif of_profile:
        return []
    if not known or any(one.currency == document.currency for one in known):
        return []
    currencies = ", ".join(dict.fromkeys(one.currency for one in known))
    told = (
        f"The account that is printed is for {currencies}"
        if named
        else f"No account is printed: there is one for {currencies} alone"
    )
    return [
        Notice(
            "no_account_in_currency",
            f"{told}, and the document is in {document.currency}. Add an account for {document.currency}, or name one"
            " by bank_account.",
            Act.ADD_BANK_ACCOUNT,
        )
    ]


def _reference_warnings(document: Document, customer: Customer) -> Iterator[Notice]:
    """German public bodies take an invoice by its Leitweg-ID (§ 5(1) no. 1 E-Rechnungsverordnung; BR-DE-15)."""
    if not customer.public_body or customer.country != "DE":
        return
    reference = document.references.buyer_reference if document.references else ""
    if not reference:
        yield Notice(
            "buyer_reference_missing",
            f"{customer.name} is a public body in Germany: its Leitweg-ID belongs on the invoice. Set buyer_reference"
            " in details, or keep it with the customer.",
        )
    elif fault := leitweg_fault(reference):
        yield Notice("buyer_reference_odd", f"The buyer reference {reference} looks like a Leitweg-ID, but {fault}.")


def _belongs_to_the_past(issue_date: date, today: date) -> bool:
    """Yesterday's work is dated yesterday; another month is another tax return."""
    earlier_month = (issue_date.year, issue_date.month) < (today.year, today.month)
    return earlier_month or (today - issue_date).days > _WEEK


_WEEK = 7
# A year that has a leap day is one year too.
_YEAR = 366


def _print_warnings(document: Document) -> list[Notice]:
    texts = {
        "seller": (*_party_texts(document.seller), *_foot_texts(document), *astuple(document.payment)),
        "customer": _party_texts(document.buyer),
        "lines": (text for line in document.lines for text in _line_texts(line)),
        "adjustments": (
            *(item.reason for item in document.adjustments),
            *(item.reason for line in document.lines for item in line.adjustments),
        ),
        "note": (
            *(document.note, document.reason, document.purchase_order, document.payment_terms),
            *said_of_document(document).values(),
        ),
    }
    return [
        Notice(
            "unprintable",
            f"The PDF cannot print these characters of the {where} and shows a replacement sign: {missing[:20]}",
        )
        for where, parts in texts.items()
        if (missing := unprintable_characters(" ".join(parts)))
    ]


def _foot_texts(document: Document) -> tuple[str, ...]:
    said = document.seller.particulars
    return (document.footer, *(line.text for line in (said.lines if said else ())))


_own_texts = attrgetter("description", *LINE_TEXTS)


def _line_texts(line: Line) -> tuple[str, ...]:
    return (*_own_texts(line), *said_of_line(line).values())


def _party_texts(party: Party) -> tuple[str, ...]:
    numbers = (party.registration_number, party.tax_office_number, party.trading_name, party.contact, party.identifier)
    return (party.name, *astuple(party.address), *numbers, party.email, party.phone, party.website)


def unprintable_parties(document: Document) -> tuple[str, ...]:
    """Names and addresses that the PDF would show with replacement signs: an invoice states both parties' full name
    and address (Article 226(5) Directive 2006/112/EC).
    """
    return tuple(
        f"The PDF cannot print {missing[:20]} in name or address of {party.name}: write them in Latin, Greek or"
        " Cyrillic letters."
        for party in (document.seller, document.buyer)
        if (missing := unprintable_characters(" ".join((party.name, *astuple(party.address)))))
    )
