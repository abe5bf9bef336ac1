"""The document of a seller that charges no tax: no column and no summary of it, only what its law wants to be said."""

from __future__ import annotations

from invoicing.countries import RegistrationRules
from invoicing.document.documents import Document, TaxCategory, TaxSubtotal
from invoicing.render.addresses import known_country
from invoicing.render.legal_reasons import legal_texts

_UNTAXED = frozenset({TaxCategory.EXEMPT, TaxCategory.OUTSIDE_SCOPE})


def is_untaxed(document: Document) -> bool:
    """Whether the seller charges no tax, and nothing on the document is about one: a reverse charge is. Where there is
    no VAT, every document is such a one that bears no sales tax.
    """
    place = known_country(document.seller.address.country)
    without_vat = place is not None and place.tax_system == "us_sales_tax"
    return (without_vat or bool(document.seller.vat_registration)) and all(
        tax.category in _UNTAXED and not tax.tax_minor for tax in document.taxes
    )


def untaxed_texts(document: Document, languages: tuple[str, ...]) -> list[str]:
    """Why no tax is charged; nothing where the law wants nothing to be said (Article 27 MWSTG)."""
    rules = registration_rules(document)
    if rules is not None and rules.silent:
        return []
    texts = [text for tax in document.taxes for text in _texts(document, languages, tax, rules)]
    return list(dict.fromkeys(texts))


def registration_rules(document: Document) -> RegistrationRules | None:
    """What the seller's country asks of it, where it charges no tax."""
    place = known_country(document.seller.address.country)
    return place.registration(document.seller.vat_registration) if place is not None else None


def _texts(
    document: Document, languages: tuple[str, ...], tax: TaxSubtotal, rules: RegistrationRules | None
) -> list[str]:
    """The legal texts, in another language of the country where the document is in it and they are the country's."""
    mention = rules.mentions.get(languages[0], "") if rules is not None else ""
    place = known_country(document.seller.address.country)
    if rules is None or place is None or not mention:
        return legal_texts(document, languages, tax.reason, tax.reason_local, code=tax.reason_code)
    own = {words.reason_local for words in rules.words} | {code.reason_local for code in place.tax_codes}
    local = mention if tax.reason_local in own else tax.reason_local
    second = [tax.reason_local] if place.languages[0] in languages else []
    return [local, *second, *([tax.reason] if "en" in languages else [])]
