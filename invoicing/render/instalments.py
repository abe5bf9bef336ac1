"""The instalments of a document below its terms of payment: when each is due, and how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from invoicing.document.documents import Document
from invoicing.render.formats import Formats
from invoicing.render.labels import labels_of


def with_instalments(document: Document, formats: Formats, languages: Sequence[str]) -> Document:
    """The document with a line for each of its instalments among the terms of payment."""
    home = document.seller.address.country
    due = " / ".join(dict.fromkeys(labels_of(language, home).due_date for language in languages))
    parts = (
        f"{due} {formats.date(part.due_date)}: {formats.money(part.amount_minor)}" for part in document.instalments
    )
    return replace(document, payment_terms="\n".join(text for text in (document.payment_terms, *parts) if text))
