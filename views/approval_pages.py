"""What waits, as a person is shown it on a page before signing: all that is final once it is issued."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from invoicing.approval.approvals import Approval
from invoicing.document.documents import Document, DocumentKind
from invoicing.document.notices import Notice
from invoicing.document.parties import Party
from invoicing.money.amounts import plain
from invoicing.organizations import OrganizationRef
from invoicing.render.formats import Formats, formats_for
from operations.approval.showing import Shown
from views.approvals import decision_lines, who_decides
from views.documents import LineAnswer, line_answer, note_lines
from views.remedies import on_page, told
from views.totals import adjustment_lines, rate_text, settlement_lines, tax_text


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """What waits, in a list: whose name stands on it was chosen by others, and is shown as such."""

    id: str
    kind: str
    credits: str
    buyer: str
    total: str
    date: str
    asked: str


@dataclass(frozen=True, slots=True)
class ApprovalPage:
    """A document as it will stand. `yes` is what a yes now does: "issue", "approve", or "draft" where it becomes a
    draft again; `parties`, `facts` and `sums` are each a label with what stands there, and `total` is what the sums
    come to. `step` says whose the decision is, empty where that is plain.
    """

    yes: str
    whose: str
    kind: str
    number: str
    parties: tuple[tuple[str, tuple[str, ...]], ...]
    facts: tuple[tuple[str, str], ...]
    lines: tuple[LineAnswer, ...]
    currency: str
    sums: tuple[tuple[str, str], ...]
    total: str
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    said: tuple[str, ...]
    step: str
    obstacle: str
    nonce: str
    live: bool


def approval_page(organization: OrganizationRef, shown: Shown) -> ApprovalPage:
    """The page of what waits."""
    document, approval = shown.document, shown.approval
    currency, formats = document.currency, formats_for(document.locale, document.currency)
    return ApprovalPage(
        yes=_what_a_yes_does(shown),
        whose=organization.name,
        kind=document.kind.value,
        number=shown.number,
        parties=(("Seller", _party(document.seller)), ("Buyer", _party(document.buyer))),
        facts=tuple((label, text) for label, text in _facts(document, approval, formats) if text),
        lines=tuple(
            line_answer(line, currency).model_copy(update={"net": formats.amount(line.net_minor)})
            for line in document.lines
        ),
        currency=currency,
        sums=(
            ("Net", formats.amount(document.net_minor)),
            *((rate_text(tax), formats.amount(tax.tax_minor)) for tax in document.taxes),
        ),
        total=formats.amount(document.total_minor),
        notes=tuple(_notes(document)),
        warnings=warnings_shown(shown.warnings),
        said=tuple(decision_lines(approval)),
        step=_step(approval),
        obstacle=shown.obstacle,
        nonce=shown.nonce,
        live=document.environment.value == "live",
    )


def _what_a_yes_does(shown: Shown) -> str:
    """What cannot be issued as it was asked for becomes a draft again by the last yes."""
    if not shown.issues:
        return "approve"
    return "draft" if shown.obstacle else "issue"


def _step(approval: Approval) -> str:
    """Whose the decision is; empty where it is of whoever may issue it, by one yes alone."""
    count = len(approval.steps)
    if count == 1 and approval.next_step.approver is None and not approval.next_step.apart:
        return ""
    return f"Step {len(approval.decisions) + 1} of {count} is for {who_decides(approval)}."


def _notes(document: Document) -> Iterator[str]:
    """What the sums do not say: discounts and charges, parts of a tax, why there is none, what is withheld."""
    yield "Prices with tax." if document.prices_include_tax else "Prices without tax."
    yield from adjustment_lines(document)
    yield from (tax_text(tax, document.currency) for tax in document.taxes if tax.jurisdictions)
    yield from (f"Why {rate_text(tax)}: {tax.reason}" for tax in document.taxes if tax.reason)
    yield from settlement_lines(document)


def warnings_shown(warnings: Sequence[Notice]) -> tuple[str, ...]:
    """Each warning, to be ticked by itself."""
    return tuple(told(one, on_page) for one in warnings)


def waiting_line(approval: Approval) -> WaitingLine:
    document = approval.document
    formats = formats_for(document.locale, document.currency)
    return WaitingLine(
        id=approval.id,
        kind=document.kind.value,
        credits=document.credits.number if document.credits else "",
        buyer=document.buyer.name,
        total=f"{formats.amount(document.total_minor)} {document.currency}",
        date=formats.date(document.issue_date),
        asked=f"{approval.asked_by}, {_moment(approval.asked_at, formats)}",
    )


def _moment(moment: datetime, formats: Formats) -> str:
    return f"{formats.date(moment.date())}, {moment:%H:%M} UTC"


def _party(party: Party) -> tuple[str, ...]:
    address = party.address
    place = " ".join(part for part in (address.postal_code, address.city, address.region) if part)
    numbers = (
        ("VAT number", party.tax_number),
        ("Registration number", party.registration_number),
        ("Tax office number", party.tax_office_number),
        ("E-mail", party.email),
    )
    told = (f"{label} {text}" for label, text in numbers if text)
    return tuple(part for part in (party.name, address.line1, address.line2, place, address.country, *told) if part)


def _facts(document: Document, approval: Approval, formats: Formats) -> list[tuple[str, str]]:
    payment, exchange = document.payment, document.exchange
    until = f" – {formats.date(document.supply_end)}" if document.supply_end else ""
    rate = f"1 {document.currency} = {plain(exchange.rate)} {exchange.currency}, {exchange.source}" if exchange else ""
    takes_back = document.kind is DocumentKind.CREDIT_NOTE
    return [
        ("Takes back", document.credits.number if document.credits else ""),
        ("Reason", document.reason),
        ("Date of issue", formats.date(document.issue_date)),
        ("Due", "" if takes_back else formats.date(document.due_date)),
        ("Supplied", f"{formats.date(document.supply_date)}{until}"),
        ("Tax point", formats.date(document.tax_point) if document.tax_point else ""),
        ("Payment terms", document.payment_terms),
        ("Paid to", " ".join(filter(None, (payment.account_holder, payment.iban or payment.account_number)))),
        ("Exchange rate", rate),
        ("Purchase order", document.purchase_order),
        ("Note", " ".join(note_lines(document.note))),
        ("Form in law", document.form_words or "The PDF is the invoice."),
        ("Asked for by", f"{approval.asked_by}, {_moment(approval.asked_at, formats)}"),
        ("Prepared by", ", ".join(dict.fromkeys(one.label for one in approval.preparers))),
    ]
