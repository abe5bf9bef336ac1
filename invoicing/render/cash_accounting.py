"""That the tax is due when it is paid: the mention that the law wants (Directive 2006/112/EC, Article 226(7a))."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from invoicing.document.documents import Document
from invoicing.render.labels import labels_of


def with_cash_accounting(document: Document, languages: Sequence[str]) -> Document:
    """The document with the mention before its note, in each of its languages, where its tax is due by payment."""
    if not document.cash_accounting:
        return document
    home = document.seller.address.country
    said = " / ".join(dict.fromkeys(labels_of(language, home).cash_accounting for language in languages))
    return replace(document, note="\n".join(text for text in (said, document.note) if text))
