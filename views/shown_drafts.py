"""A draft as a page shows it: the document that it would become now, and what to know before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from invoicing.credit.remaining import Remaining
from invoicing.document.adjusted import AdjustmentKind
from invoicing.document.documents import Document
from invoicing.document.notices import Notice
from invoicing.master_data.profiles import Profile
from invoicing.money.amounts import plain
from invoicing.organizations import Environment
from operations.credit_notes import ForeseenCredit
from operations.drafts import NOT_READY_FOR_LIVE, Preview
from operations.prepared_drafts import PreparedDraft
from views.base import View
from views.listed_documents import formats_of
from views.remedies import on_page, told
from views.shown_documents import ShownLine, ShownTax, address_of, days_of, shown_line, shown_tax
from views.warnings import WarningAnswer


class ShownFigures(View):
    """What a document to be comes to; amounts are without their currency."""

    number: str
    currency: str
    lines: list[ShownLine]
    taxes: list[ShownTax]
    net: str
    tax: str
    total: str
    payable: str
    warnings: list[WarningAnswer]


class LeftLine(View):
    """What is left of a line of an invoice, or of a charge, which has no quantity."""

    key: str
    name: str
    quantity: str
    unit: str
    amount: str


class ShownDraft(ShownFigures):
    """`number` is the one that it would get now. `warnings` are what a person ticks, `not_live` what only a live
    organization would be told. `form` is how the law takes it, empty where the PDF is the invoice. It cannot be issued
    while there are `obstacles`; it `waits` for approval, or would, as `asks` says.
    """

    key: str
    kind: str
    live: bool
    customer: str
    address: list[str]
    numbers: list[str]
    issued: str
    due: str
    supplied: str
    terms: str
    purchase_order: str
    note: str
    explanation: list[str]
    not_live: list[str]
    form: str
    obstacles: list[str]
    waits: bool
    asks: bool
    seen_as: str

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all that the page says of it: whoever ticks the warnings has seen them."""
        return (*dict.fromkeys(one.code for one in self.warnings), *([NOT_READY_FOR_LIVE] if self.not_live else ()))


def shown_figures(preview: Preview, profile: Profile) -> ShownFigures:
    """What a document that is being written comes to."""
    return ShownFigures(**_figures(preview.document, preview.number, preview.warnings, profile))


def shown_credit(foreseen: ForeseenCredit, profile: Profile) -> ShownFigures:
    """What a credit note would come to."""
    return ShownFigures(**_figures(foreseen.document, foreseen.number, foreseen.warnings, profile))


def left_lines(left: Remaining, currency: str, profile: Profile) -> list[LeftLine]:
    """The lines of an invoice of which anything is left to credit, and its charges."""
    formats = formats_of(profile, currency)
    lines = [
        LeftLine(
            key=f"line-{line.position}",
            name=line.title,
            quantity=plain(line.quantity).replace(".", formats.decimal),
            unit=line.unit,
            amount=formats.amount(line.amount_minor),
        )
        for line in left.lines
        if line.quantity
    ]
    charges: dict[int, LeftLine] = {}
    for item in left.adjustments:
        if item.kind is AdjustmentKind.CHARGE and item.amount_minor:
            sum_minor = sum(each.amount_minor for each in left.adjustments if each.position == item.position)
            key, amount = f"charge-{item.position}", formats.amount(sum_minor)
            charges[item.position] = LeftLine(key=key, name=item.reason, quantity="", unit="", amount=amount)
    return [*lines, *charges.values()]


def shown_draft(prepared: PreparedDraft, profile: Profile) -> ShownDraft:
    preview, document = prepared.preview, prepared.preview.document
    formats, buyer = formats_of(profile, document.currency), document.buyer
    return ShownDraft(
        **_figures(document, preview.number, preview.warnings, profile),
        key=preview.draft,
        kind=document.kind.value,
        live=document.environment is Environment.LIVE,
        customer=buyer.name,
        address=address_of(buyer),
        numbers=[number for number in (buyer.tax_number, buyer.registration_number) if number],
        issued=formats.date(document.issue_date),
        due="" if document.credits else formats.date(document.due_date),
        supplied=days_of(document.supply_date, document.supply_end, formats),
        terms=document.payment_terms,
        purchase_order=document.purchase_order,
        note=document.note,
        explanation=list(preview.explanation),
        not_live=[told(one, on_page) for one in preview.warnings if one.code == NOT_READY_FOR_LIVE],
        form=document.form_words,
        obstacles=[told(one, on_page) for one in prepared.obstacles],
        waits=prepared.waits,
        asks=bool(prepared.steps),
        seen_as=prepared.seen_as,
    )


def unticked(warnings: Sequence[WarningAnswer], ticked: Sequence[str]) -> list[int]:
    """The places of the warnings, from 1, that nobody has ticked."""
    return [place for place, _ in enumerate(warnings, 1) if str(place) not in ticked]


def _figures(document: Document, number: str, warnings: Sequence[Notice], profile: Profile) -> dict[str, Any]:
    formats = formats_of(profile, document.currency)
    payable = document.payable_minor
    return {
        "number": number,
        "currency": document.currency,
        "lines": [shown_line(line, formats) for line in document.lines],
        "taxes": [shown_tax(tax, formats) for tax in document.taxes],
        "net": formats.amount(document.net_minor),
        "tax": formats.amount(document.tax_minor),
        "total": formats.amount(document.total_minor),
        "payable": formats.amount(payable) if payable != document.total_minor else "",
        "warnings": [
            WarningAnswer(code=one.code, text=told(one, on_page)) for one in warnings if one.code != NOT_READY_FOR_LIVE
        ],
    }
