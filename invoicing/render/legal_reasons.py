"""Why no tax is charged, in the words of the law and beside them in those that the reader understands."""

from __future__ import annotations

from collections.abc import Iterator

from invoicing.document.documents import Document, TaxCategory
from invoicing.render.addresses import is_foreign, known_country
from invoicing.render.labels import FALLBACK_LANGUAGE, labels_of

# The margin schemes among the codes of exemptions (VATEX), each by the key of its words.
MARGIN_SCHEMES = {
    "VATEX-EU-D": "travel_agents",
    "VATEX-EU-F": "second_hand_goods",
    "VATEX-EU-I": "works_of_art",
    "VATEX-EU-J": "collectors_items",
}
_OWED_BY_CUSTOMER = "Reverse charge: "


def legal_texts(
    document: Document, languages: tuple[str, ...], reason: str, reason_local: str, *, code: str = ""
) -> list[str]:
    """Why no tax is charged: in the language of the law, whatever the document's, and beside it in the document's
    where its catalogue has the sentence; in English where the document is in it, also or besides, or goes to another
    state and says it in no other language. What is in the document's first language comes first, and before all a
    margin scheme that the `code` names, in the words of the Directive (Article 226(13) and (14)).
    """
    law = _language_of_law(document, reason, reason_local)
    others = [language for language in languages if language != law]
    told = [(language, text) for language in others for text in _translated(reason, language)]
    if FALLBACK_LANGUAGE in languages or not reason_local or (is_foreign(document) and not told):
        told.append((FALLBACK_LANGUAGE, reason))
    texts = sorted([(law, reason_local), *told], key=lambda pair: pair[0] != languages[0])
    said = [text for text in dict.fromkeys(text for _, text in texts) if text]
    schemes = dict.fromkeys(
        labels_of(language).reasons[MARGIN_SCHEMES[code]] for language in languages if code in MARGIN_SCHEMES
    )
    return [*(words for words in schemes if not _begins(said, words)), *said]


def _begins(texts: list[str], words: str) -> bool:
    return any(text.casefold().startswith(words.casefold()) for text in texts)


def _language_of_law(document: Document, reason: str, reason_local: str) -> str:
    place = known_country(document.seller.address.country)
    return FALLBACK_LANGUAGE if place is None or reason == reason_local else place.languages[0]


def _translated(reason: str, language: str) -> Iterator[str]:
    """The sentence in another language than English: where it is one that the country files have, and not typed."""
    labels = labels_of(language)
    if labels is labels_of(FALLBACK_LANGUAGE):
        return
    for name, text in labels_of(FALLBACK_LANGUAGE).reasons.items():
        if text == reason:
            yield labels.reasons[name]
            return
    if reason.startswith(_OWED_BY_CUSTOMER):
        # At home: which article it is, the words of the law say.
        words = labels.categories[TaxCategory.REVERSE_CHARGE]
        yield words[:1].upper() + words[1:]
