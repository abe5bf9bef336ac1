"""What paying early takes off, below the terms of payment: in each language of the document, and in the law's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from invoicing.document.documents import Document
from invoicing.render.formats import Formats
from invoicing.render.labels import labels_of


def with_early_payment(document: Document, formats: Formats, languages: Sequence[str]) -> Document:
    """The document with its discount for early payment among the terms of payment, where it promises one: until when,
    and what is to be paid then.
    """
    early = document.early_payment
    if early is None:
        return document
    said = {
        "percent": formats.percent(early.percent),
        "date": formats.date(early.until),
        "amount": formats.money(document.payable_minor - early.amount_minor),
    }
    home = document.seller.address.country
    promised = [labels_of(language, home).early_payment.format(**said) for language in languages]
    texts = [document.payment_terms, *dict.fromkeys(promised), early.words]
    return replace(document, payment_terms="\n".join(text for text in texts if text))
