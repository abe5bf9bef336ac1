"""The title of an invoice where the seller's country has its own, and what is said on an advance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from invoicing.countries.titles import Title
from invoicing.document.documents import Document, DocumentKind
from invoicing.document.particulars import supplied
from invoicing.render.addresses import known_country
from invoicing.render.labels import Labels

_TITLES = ("invoice", "advance_invoice", "final_invoice")


def with_titles(labels: Labels, document: Document, language: str) -> Labels:
    """The words of one language with the titles that the seller's country has for such an invoice
    (`invoicing.countries.titles`).
    """
    title = _title(document, language)
    if title is None:
        return labels
    said: dict[str, Any] = {name: text for name in _TITLES if (text := getattr(title, name))}
    if title.paid_advance and document.advance is not None and document.paid_on is not None:
        said["advance_invoice"] = title.paid_advance
    return replace(labels, **said)


def with_title_mention(document: Document, languages: Sequence[str]) -> Document:
    """The document with what the law wants said on an advance that is not paid yet, before its note."""
    if document.kind is not DocumentKind.INVOICE or document.advance is None or document.paid_on is not None:
        return document
    titles = [_title(document, language) for language in languages]
    said = dict.fromkeys(title.advance_mention for title in titles if title is not None)
    return replace(document, note="\n".join(text for text in (*said, document.note) if text))


def _title(document: Document, language: str) -> Title | None:
    rules = known_country(document.seller.address.country)
    if rules is None:
        return None
    # What says that a seller charges no tax is its state; one without a number is in no register.
    state = document.seller.vat_registration or ("registered" if document.seller.tax_number else "")
    kinds = supplied([line for line in document.lines if line.advance is None])
    return next((one for one in rules.titles if one.holds(language, seller=state, supplied=kinds)), None)
