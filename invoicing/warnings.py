"""What the accountant should know before a document is issued, though nothing forbids it."""

from __future__ import annotations

from dataclasses import astuple
from datetime import date

from invoicing.catalog import Customer
from invoicing.documents import Document, Party, TaxCategory
from invoicing.profiles import Profile
from invoicing.render.fonts import unprintable_characters


def warnings_for(document: Document, *, profile: Profile, customer: Customer, today: date) -> tuple[str, ...]:
    """Sentences, most important first; empty where there is nothing to say."""
    return (
        *_tax_warnings(document, profile, customer),
        *_date_warnings(document, today),
        *_print_warnings(document),
    )


def _tax_warnings(document: Document, profile: Profile, customer: Customer) -> list[str]:
    found = []
    charged = [tax for tax in document.taxes if tax.category is TaxCategory.STANDARD]
    if charged and customer.country != profile.country:
        found.append(
            f"{customer.name} is in {customer.country}, the seller in {profile.country}: domestic tax is charged as"
            " asked. Check whether reverse charge, intra-EU supply or export applies, and set tax_code on the lines."
        )
    if charged and document.tax_minor and not profile.tax_number:
        found.append("Tax is charged, but the organization has no tax number yet: set it with update_organization.")
    if document.currency != profile.currency:
        found.append(
            f"The document is in {document.currency}, the books are in {profile.currency}: the exchange rate and the"
            f" tax in {profile.currency} are not stated on it."
        )
    if document.total_minor == 0:
        found.append("The total is zero.")
    return found


def _date_warnings(document: Document, today: date) -> list[str]:
    found = []
    if document.issue_date < today:
        found.append(f"The issue date {document.issue_date.isoformat()} is in the past.")
    if document.due_date < today:
        found.append(f"The document is already overdue when issued (due {document.due_date.isoformat()}).")
    return found


def _print_warnings(document: Document) -> list[str]:
    texts = {
        "seller": (*_party_texts(document.seller), *astuple(document.payment), document.footer),
        "customer": _party_texts(document.buyer),
        "lines": (text for line in document.lines for text in (line.description, line.unit)),
        "note": (document.note, document.purchase_order, document.payment_terms),
    }
    return [
        f"The PDF cannot print these characters of the {where} and shows a replacement sign: {missing[:20]}"
        for where, parts in texts.items()
        if (missing := unprintable_characters(" ".join(parts)))
    ]


def _party_texts(party: Party) -> tuple[str, ...]:
    return (party.name, *astuple(party.address), party.registration_number, party.email, party.phone, party.website)
