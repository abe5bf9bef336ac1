"""Why no tax is charged, in the words of the law and beside them in those that the reader understands."""

from __future__ import annotations

from invoicing.document.documents import Document
from invoicing.render.addresses import is_abroad


def legal_texts(document: Document, languages: tuple[str, ...], reason: str, reason_local: str) -> list[str]:
    """Why no tax is charged: in the language of the law, whatever the document's, and in English beside it where the
    document is in it, also or besides, or goes abroad.
    """
    in_english = "en" in languages or is_abroad(document) or not reason_local
    texts = [reason_local, reason if in_english else ""]
    if languages[0] == "en":
        texts.reverse()
    return [text for text in dict.fromkeys(texts) if text]
