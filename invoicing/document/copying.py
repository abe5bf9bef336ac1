"""A new request from an earlier document: what was agreed is copied, what follows from the facts is left to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from decimal import Decimal
from itertools import groupby
from typing import Any

from invoicing.credit.remaining import group_of
from invoicing.document.adjusted import LineAdjustment
from invoicing.document.dimensions import tags_in_use
from invoicing.document.documents import Adjustment, Document, Line, LineTerms
from invoicing.document.payable import PaymentMeans
from invoicing.document.references import Delivery, LineReferences, References
from invoicing.document.referring import line_references
from invoicing.document.requested import (
    RequestedAdjustment,
    RequestedDocument,
    RequestedLine,
    RequestedLineAdjustment,
)
from invoicing.master_data.records import Customer, Item
from invoicing.money.amounts import to_major
from invoicing.tax.inputs import goods_minor
from invoicing.tax.lines import TaxSetting, proposed_tax_code
from invoicing.tax.schemes import ordinary
from invoicing.tax.totals import are_apart, tax_on

# A line's dates are its document's own, its item and name depend on whether the item is still there, and its dimensions
# on whether they are still in use.
_OTHERWISE = ("item", "name", "supply_date", "supply_end", "dimensions", "references")
_COPIED = tuple(field.name for field in fields(LineTerms) if field.name not in _OTHERWISE)


def filled_from(
    wanted: RequestedDocument, document: Document, *, customer: Customer, setting: TaxSetting, overridden: bool
) -> RequestedDocument:
    """What the request leaves out, from an earlier document for `customer`, who can be another than the earlier one.

    `setting` is what the tax of the earlier document depended on, with the items as they are today: an item that
    was archived since is not among them. `overridden` says that some line of it stated another code than the
    proposed one.

    Never copied: dates, number and series, which are the new document's own; the exchange rate, which is one day's;
    adjustments, where the request has lines of its own; dimensions that are not in use any more; and a tax code that
    was only the proposed one, because the proposal for the new document can be another; and what belongs to one
    delivery. What is withheld, a surcharge, a split payment that was stated, what is referred to and where it is
    delivered depend on who the customer is, and are copied for the same one alone.
    """
    same = customer.id == document.customer
    at_same_place = same or customer.country == document.buyer.address.country
    held = document.withholding.code if document.withholding and same else ""
    split = document.split_tax_minor and not customer.public_body and not wanted.withholding
    surcharged = not customer.surcharge and any(are_apart(tax.jurisdictions) for tax in document.taxes)
    return replace(
        wanted,
        customer=customer.id,
        lines=wanted.lines
        or tuple(
            _line(line, setting, document.currency, overridden=overridden, same=same)
            for line in document.lines
            if line.advance is None
        ),
        adjustments=wanted.adjustments or (() if wanted.lines else _adjustments(document, with_codes=at_same_place)),
        currency=wanted.currency or document.currency,
        prices_include_tax=(
            document.prices_include_tax if wanted.prices_include_tax is None else wanted.prices_include_tax
        ),
        purchase_order=wanted.purchase_order or document.purchase_order,
        note=wanted.note or document.note,
        withholding=wanted.withholding or held,
        split_payment=True if wanted.split_payment is None and same and split else wanted.split_payment,
        surcharge=True if wanted.surcharge is None and same and surcharged else wanted.surcharge,
        payment_means=wanted.payment_means or document.payment_means,
        rounding_to=_rounding_to(document) if wanted.rounding_to is None else wanted.rounding_to,
        references=wanted.references or (_references(document.references) if same else None),
        delivery=wanted.delivery or (_delivery(document.delivery) if same and not wanted.delivery_place else None),
        payee=wanted.payee or document.payee,
        tax_representative=wanted.tax_representative or document.tax_representative,
    )


def _rounding_to(document: Document) -> Decimal | None:
    """The unit that was asked for; what the country rounds in cash is left to the new document's own day."""
    rounding = document.payable_rounding
    if rounding is None or document.payment_means is PaymentMeans.CASH:
        return None
    return rounding.unit or None


def _references(earlier: References | None) -> References | None:
    if earlier is None:
        return None
    kept = replace(earlier, sales_order="", receiving_advice="", despatch_advice="", attachments=())
    return None if kept == References() else kept


def _delivery(earlier: Delivery | None) -> Delivery | None:
    kept = replace(earlier, on=None) if earlier else None
    return None if kept == Delivery() else kept


def earlier_buyer(document: Document, customer: Customer) -> Customer:
    """The customer with the address and tax number that the document shows; nothing but a consumer's being one is
    not on it.
    """
    buyer = document.buyer
    address = buyer.address
    return replace(
        customer,
        country=address.country,
        region=address.region,
        postal_code=address.postal_code,
        city=address.city,
        tax_number=buyer.tax_number,
    )


def _line(line: Line, setting: TaxSetting, currency: str, *, overridden: bool, same: bool) -> RequestedLine:
    # An item that was archived since is no reason to lose the line: its text and price are here.
    item = setting.items.get(line.item, Item(id="", name=""))
    # Where nothing was stated, a code that is not proposed today comes of settings that have changed since; but an
    # item that is gone can no longer say its own.
    stated = (overridden or line.item != item.id) and ordinary(line.tax_code) != proposed_tax_code(
        item, line.supply, setting
    )
    return RequestedLine(
        **{term: getattr(line, term) for term in _COPIED},
        item=item.id,
        unit_price=line.unit_price,
        tax_code=ordinary(line.tax_code) if stated else "",
        supply=None if line.supply_assumed else line.supply,
        discount_amount=abs(line.discount_amount) or None,
        charge_amount=abs(line.charge_amount) or None,
        adjustments=tuple(_line_adjustment(line, item, currency) for item in line.adjustments),
        # An item that is there says its own name.
        name="" if item.id else line.name,
        dimensions=tags_in_use(line.dimensions, setting.setup.dimensions),
        references=line.references and _line_references(line.references, item, same=same),
    )


def _line_adjustment(line: Line, item: LineAdjustment, currency: str) -> RequestedLineAdjustment:
    stated = item.percent and not item.of_rest and item.base_minor != goods_minor(line, currency)
    return RequestedLineAdjustment(
        kind=item.kind,
        reason=item.reason,
        reason_code=item.reason_code,
        percent=item.percent or None,
        amount=None if item.percent else to_major(abs(item.amount_minor), currency),
        base=to_major(abs(item.base_minor), currency) if stated else None,
        of_rest=item.of_rest,
    )


def _line_references(earlier: LineReferences, item: Item, *, same: bool) -> LineReferences | None:
    """What an item that is there says of itself, it says anew; what is the buyer's is another buyer's not."""
    kept = earlier if same else replace(earlier, object="", accounting_reference="", buyer_item="")
    own = line_references(None, item) or LineReferences()
    said: dict[str, Any] = {
        one.name: one.default for one in fields(own) if getattr(own, one.name) == getattr(kept, one.name)
    }
    kept = replace(kept, **said)
    return None if kept == LineReferences() else kept


def _adjustments(document: Document, *, with_codes: bool) -> tuple[RequestedAdjustment, ...]:
    """The adjustments as they were asked for: the shares of one that was split are one again."""
    asked = groupby(document.adjustments, key=lambda share: share.position)
    return tuple(_adjustment(document, list(shares), with_codes=with_codes) for _, shares in asked)


def _adjustment(document: Document, shares: Sequence[Adjustment], *, with_codes: bool) -> RequestedAdjustment:
    first = shares[0]
    amount = to_major(sum(share.amount_minor for share in shares), document.currency)
    stated = first.percent and not first.cost and not all(_is_of_its_lines(document, share) for share in shares)
    # Of several groups one alone was asked for by its code, unless the shares of the others came to nothing; of a
    # single group the code says nothing.
    of_its_lines = not first.percent or tax_on(first.base_minor, first.percent) == first.amount_minor
    of_one_group = len(shares) == 1 and len(document.taxes) > 1 and of_its_lines
    return RequestedAdjustment(
        kind=first.kind,
        reason=first.reason,
        percent=first.percent or None,
        amount=None if first.percent else amount,
        tax_code=ordinary(first.tax_code) if of_one_group and with_codes and not first.cost else "",
        cost=first.cost,
        reason_code=first.reason_code,
        base=to_major(sum(share.base_minor for share in shares), document.currency) if stated else None,
    )


def _is_of_its_lines(document: Document, share: Adjustment) -> bool:
    lines = (line.amount_minor for line in document.lines if group_of(line) == group_of(share))
    return share.base_minor == sum(lines)
