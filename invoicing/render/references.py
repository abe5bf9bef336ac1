"""What a document and its lines refer to, in words: labels with texts, for the letterhead and the table of lines."""

from __future__ import annotations

from dataclasses import fields

from invoicing.document.documents import Document, Line
from invoicing.document.parties import Address
from invoicing.document.parts import is_leitweg_id
from invoicing.document.references import Classification, Place, References
from invoicing.master_data.electronic_addresses import split_identifier
from invoicing.render.addresses import address_lines, is_abroad
from invoicing.render.formats import Formats
from invoicing.render.labels import Labels, in_line

_REFERENCES = tuple(one.name for one in fields(References) if one.name != "attachments")
_GLN = "0088"
# What the reference of a German public body is called, in every language.
_LEITWEG_ID = "Leitweg-ID"


def reference_pairs(document: Document, labels: Labels) -> list[tuple[str, str]]:
    """What the buyer finds the document by, each with its label."""
    found = document.references
    if found is None:
        return []
    named = {name: getattr(labels, name) for name in _REFERENCES}
    if document.buyer.address.country == "DE" and is_leitweg_id(found.buyer_reference):
        named["buyer_reference"] = _LEITWEG_ID
    return [(label, text) for name, label in named.items() if (text := getattr(found, name))]


def attachment_texts(document: Document) -> list[str]:
    """What belongs to the document."""
    return [one.text for one in document.references.attachments] if document.references is not None else []


def concerned_pairs(document: Document, formats: Formats, labels: Labels) -> list[tuple[str, str]]:
    """Where it was delivered, who is paid and who pays the tax besides seller and buyer: three at most."""
    pairs = []
    if delivery := document.delivery:
        on = formats.date(delivery.on) if delivery.on else ""
        texts = (*_place_lines(delivery, document, formats), identifier_text(delivery.location), on)
        pairs.append((labels.delivery, "\n".join(filter(None, texts))))
    if payee := document.payee:
        texts = (payee.name, identifier_text(payee.identifier), payee.registration_number)
        pairs.append((labels.payee, "\n".join(filter(None, texts))))
    if representative := document.tax_representative:
        lines = [*_place_lines(representative, document, formats), representative.tax_number]
        pairs.append((labels.tax_representative, "\n".join(lines)))
    return pairs


def line_reference_texts(line: Line, formats: Formats, labels: Labels) -> list[str]:
    """What a line belongs to, and what its item is known by."""
    found = line.references
    if found is None:
        return []
    origin = formats.country(found.origin) if found.origin else ""
    labelled = (
        (labels.seller_item, found.seller_item),
        (labels.buyer_item, found.buyer_item),
        ("" if split_identifier(found.gtin)[0] else "GTIN", identifier_text(found.gtin)),
        *((labels.classification, _classification_text(one)) for one in found.classifications),
        (labels.origin, origin),
        (labels.object, found.object),
        (labels.accounting_reference, found.accounting_reference),
    )
    attributes = ", ".join(f"{one.name}: {one.value}" for one in found.attributes)
    # A comma between keeps them on few lines: a line of a document has room for one text below another.
    known = ", ".join(f"{in_line(label)} {text}".lstrip() for label, text in labelled if text)
    return [text for text in (attributes, known) if text]


def _classification_text(found: Classification) -> str:
    return " ".join(filter(None, (found.scheme, found.version, found.code)))


def identifier_text(identifier: str) -> str:
    """An identifier as people read it: a GLN is called by its name."""
    scheme, rest = split_identifier(identifier)
    return f"GLN {rest}" if scheme == _GLN else identifier


def _place_lines(place: Place, document: Document, formats: Formats) -> list[str]:
    address = Address(place.line1, place.line2, place.postal_code, place.city, place.region, place.country)
    # Its country is named where the buyer's is, or where it is another than the seller's.
    abroad = is_abroad(document) or place.country != document.seller.address.country
    return [*filter(None, [place.name]), *address_lines(address, formats, abroad=abroad)]
