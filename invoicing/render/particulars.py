"""What the law wants said of the seller, in the foot, and the sentences that it wants on the document: in a language of
the law, with the translation where the document has another language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from invoicing.document.documents import Document
from invoicing.document.legal_texts import LegalTerm

BETWEEN = " · "
# A fact of this many characters does not break over lines.
_KEPT_WHOLE = 60
_NO_BREAK = "\u00a0"


def foot_text(document: Document, languages: Sequence[str]) -> str:
    """The text of the foot: the seller's particulars, their translation below them, then its own footer."""
    said = document.seller.particulars
    if said is None:
        return document.footer
    lines = [BETWEEN.join(_whole(line.text) for line in said.lines)]
    if any(language != said.language for language in languages):
        lines.append(BETWEEN.join(_whole(line.translation or line.text) for line in said.lines))
    return "\n".join(text for text in (*dict.fromkeys(lines), document.footer) if text)


def with_legal_terms(document: Document, languages: Sequence[str]) -> Document:
    """The document with the sentences of the law where each of them belongs: below the terms of payment, or before the
    note.
    """
    of_payment = [text for term in document.legal_terms if term.place == "payment" for text in _told(term, languages)]
    of_note = [text for term in document.legal_terms if term.place == "note" for text in _told(term, languages)]
    return replace(
        document,
        payment_terms="\n".join(text for text in (document.payment_terms, *of_payment) if text),
        note="\n".join(text for text in (*of_note, document.note) if text),
    )


def _whole(text: str) -> str:
    return text.replace(" ", _NO_BREAK) if len(text) <= _KEPT_WHOLE else text


def _told(term: LegalTerm, languages: Sequence[str]) -> list[str]:
    translated = term.translation and any(language != term.language for language in languages)
    return [term.text, term.translation] if translated else [term.text]
