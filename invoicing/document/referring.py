"""What a document and its lines refer to: as it was asked for, and else as the customer or the item has it."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from invoicing.document.references import Delivery, LineReferences, References
from invoicing.document.requested import RequestedDocument
from invoicing.master_data.delivery_places import delivery_places, place_for
from invoicing.master_data.item_texts import classifications_of
from invoicing.master_data.records import Customer, Item


def referred(request: RequestedDocument, customer: Customer) -> dict[str, Any]:
    """The fields of the document that say what it refers to, and who and where is concerned besides.

    Raises:
        InvalidInput: the customer has no delivery address of the name.
    """
    return {
        "purchase_order": request.purchase_order,
        "references": _references(request, customer),
        "delivery": _delivery(request, customer),
        "payee": request.payee,
        "tax_representative": request.tax_representative,
    }


def supplied_as_invoiced(request: RequestedDocument) -> RequestedDocument:
    """The request, supplied on the day of the former invoice where nothing is said: the rate of tax that is taken back
    is the one that was charged.
    """
    former = request.former
    if former is None or request.supply_date or any(line.supply_date for line in request.lines):
        return request
    return replace(request, supply_date=former.issue_date)


def _references(request: RequestedDocument, customer: Customer) -> References | None:
    """The references that were stated, with the buyer's usual ones where they say nothing."""
    stated = request.references
    if not customer.buyer_reference and not customer.accounting_reference:
        return stated
    stated = stated or References()
    return replace(
        stated,
        buyer_reference=stated.buyer_reference or customer.buyer_reference,
        accounting_reference=stated.accounting_reference or customer.accounting_reference,
    )


def _delivery(request: RequestedDocument, customer: Customer) -> Delivery | None:
    """Where it was delivered: the place that was named, with what was stated in its place, or what was stated alone,
    or, where no more than a day was, the customer's usual place. An address without a country is in the buyer's.
    """
    stated, name = request.delivery, request.delivery_place
    asked = bool(name) or stated is None or stated == Delivery(on=stated.on)
    kept = place_for(delivery_places(customer.delivery_addresses), name) if asked else None
    if stated is not None and kept is not None:
        said = {one.name: value for one in fields(stated) if (value := getattr(stated, one.name))}
        kept = replace(kept, **said)
    found = kept or stated
    if found is None or found.country or not (found.line1 or found.line2 or found.postal_code or found.city):
        return found
    return replace(found, country=customer.country)


def line_references(stated: LineReferences | None, item: Item) -> LineReferences | None:
    """The references of a line, with what its item is known by where they say nothing of it."""
    if not (item.sku or item.gtin or item.origin or item.classifications):
        return stated
    found = stated or LineReferences()
    return replace(
        found,
        seller_item=found.seller_item or item.sku,
        gtin=found.gtin or item.gtin,
        origin=found.origin or item.origin,
        classifications=found.classifications or classifications_of(item.classifications),
    )
