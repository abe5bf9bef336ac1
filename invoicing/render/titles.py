"""What the seller's country calls a document that charges tax, and what it wants said on an advance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from invoicing.countries.titles import Titles
from invoicing.document.documents import Document, DocumentKind
from invoicing.render.addresses import known_country
from invoicing.render.labels import Labels
from invoicing.render.untaxed import is_untaxed


def titled(labels: Labels, document: Document, language: str) -> Labels:
    """The words of one language with the titles that the seller's country has for documents with tax."""
    titles = _titles(document, language)
    return replace(
        labels,
        invoice=titles.invoice or labels.invoice,
        final_invoice=titles.final or labels.final_invoice,
    )


def with_title_mention(document: Document, languages: Sequence[str]) -> Document:
    """The document with what the law wants said on an advance, before its note."""
    if document.kind is not DocumentKind.INVOICE or document.advance is None:
        return document
    said = dict.fromkeys(_titles(document, language).advance_mention for language in languages)
    return replace(document, note="\n".join(text for text in (*said, document.note) if text))


def _titles(document: Document, language: str) -> Titles:
    country = known_country(document.seller.address.country)
    if country is None or is_untaxed(document):
        return Titles()
    return country.titles.get(language, Titles())
