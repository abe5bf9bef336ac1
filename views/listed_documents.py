"""Documents, customers and items as the rows of a page: written by the organization's own locale."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from invoicing.document.documents import DocumentKind
from invoicing.master_data.profiles import Profile
from invoicing.money.sums import Sums
from invoicing.render.formats import Formats, formats_for
from operations.finding_invoices import ListedInvoice
from storage.books.drafts import ListedDraft
from views.base import View


class DocumentRow(View):
    """A document or draft in a list; amounts without their currency, which stands beside. `open` is what is still owed,
    and empty where nothing is; `moved` is the day on which a draft was changed.
    """

    key: str
    number: str
    kind: str
    status: str
    customer: str
    customer_id: str
    issued: str
    due: str
    currency: str
    total: str
    open: str
    credits: str


class SumRow(View):
    """What all that match come to in one currency."""

    currency: str
    count: int
    total: str
    open: str


def document_row(one: ListedInvoice, profile: Profile) -> DocumentRow:
    header, formats = one.header, formats_of(profile, one.header.currency)
    is_note = header.kind == DocumentKind.CREDIT_NOTE.value
    due_minor = one.balance.due_minor
    return DocumentRow(
        key=header.id,
        number=header.number,
        kind=header.kind,
        status=one.status.value,
        customer=header.customer_name,
        customer_id=header.customer_id,
        issued=formats.date(header.issue_date),
        due="" if is_note else formats.date(header.next_due),
        currency=header.currency,
        total=formats.amount(-header.total_minor if is_note else header.total_minor),
        open=formats.amount(due_minor) if due_minor else "",
        credits=header.credits_number or "",
    )


def draft_row(one: ListedDraft, profile: Profile) -> DocumentRow:
    shown = one.shown
    formats = formats_of(profile, shown.currency if shown else profile.currency)
    return DocumentRow(
        key=one.id,
        number="",
        kind=(DocumentKind.CREDIT_NOTE if one.request.former else DocumentKind.INVOICE).value,
        status="awaiting_approval" if one.waits else "draft",
        customer=one.customer_name,
        customer_id=one.request.customer,
        issued=_day(one.request.issue_date, formats),
        due="",
        currency=formats.currency,
        total=formats.amount(shown.total_minor) if shown else "",
        open="",
        credits="",
    )


def sum_rows(sums: Sequence[Sums], profile: Profile) -> list[SumRow]:
    rows = []
    for one in sums:
        formats = formats_of(profile, one.currency)
        rows.append(
            SumRow(
                currency=one.currency,
                count=one.count,
                total=formats.amount(one.total_minor),
                open=formats.amount(one.due_minor),
            )
        )
    return rows


def formats_of(profile: Profile, currency: str) -> Formats:
    """How the organization writes dates and amounts of this currency."""
    return formats_for(profile.locale, currency or profile.currency)


def _day(day: date | None, formats: Formats) -> str:
    return formats.date(day) if day else ""
