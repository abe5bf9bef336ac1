"""What a practice bills its clients for a month, drafted in its own books from its plans."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial

from sqlmodel import Session

from invoicing.document.requested import RequestedDocument, RequestedLine
from invoicing.money.amounts import plain
from invoicing.organizations import Environment, OrganizationRef
from invoicing.recurring.plans import Counted, Plan, PlanKind, code_in, counted_for, counted_text, lines_of
from invoicing.refusals import Conflict, Refusal
from invoicing.remedies import Remark
from invoicing.reports.months import Months, month_before, month_of
from invoicing.text.typed import counted
from operations.access import Office, open_books
from operations.drafts import (
    Composed,
    DraftRequest,
    Resolved,
    compose_in,
    keep_draft,
    preview_of,
    resolve_draft,
    resolve_request,
)
from operations.issue_dates import today_in
from operations.recurring.clients import clients_within_reach
from operations.recurring.outcomes import ClientWork, Drafted, Exceptional, as_kept, refused, remarks_of
from operations.rights import Right
from storage.books.billing import (
    add_billed,
    billed_by,
    billed_in,
    clients_with_unbilled_hours,
    load_plans,
    plans_of,
    unbilled_hours,
)
from storage.books.pool import Books
from storage.books.recurring import count_issued
from storage.directory.going_live import successors
from storage.ids import new_id


@dataclass(frozen=True, slots=True)
class Billed:
    """A client that is billed: the organization that it is now, the ids by which plans and hours know it, and its plans
    for the month.
    """

    organization: OrganizationRef
    ids: frozenset[str]
    plans: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class _Month:
    """The month that is billed, and how many documents the client issued in it and in the month before; None where
    that was not asked, since no plan counts them.
    """

    month: str
    documents: Mapping[str, int] | None

    @property
    def last_day(self) -> date:
        return Months(self.month, self.month).last_day


@dataclass(frozen=True, slots=True)
class _Group:
    """The plans of a client that one draft bills, and what was counted for them."""

    client: Billed
    counted: tuple[Counted, ...]
    month: str

    @property
    def told(self) -> tuple[str, ...]:
        return tuple(counted_text(one) for one in self.counted)


async def billed_clients(office: Office, books: Books, month: str) -> list[Billed]:
    """The clients within reach that have plans for the month, or hours that nothing bills, by their handles; of a
    sandbox client that went live, the live one.
    """
    plans, waiting = await books.read(lambda db: _of_month(db, month))
    within_reach = await clients_within_reach(office, books.organization)
    became = await office.store.directory.read(lambda db: successors(db, books.organization.id))
    of_client: dict[str, list[Plan]] = defaultdict(list)
    for plan in plans:
        of_client[_now(plan.client_id, became)].append(plan)
    for one in waiting:
        of_client[_now(one, became)] += []
    ids: dict[str, set[str]] = defaultdict(set)
    for one in {*became, *of_client}:
        ids[_now(one, became)].add(one)
    found = [
        Billed(within_reach[one], frozenset(ids[one]), tuple(some))
        for one, some in of_client.items()
        if one in within_reach
    ]
    return sorted(found, key=lambda one: one.organization.handle)


def _of_month(db: Session, month: str) -> tuple[list[Plan], frozenset[str]]:
    """The plans for the month, and the clients that have hours until its end which nothing bills."""
    plans = [plan for plan in load_plans(db) if plan.covers(month)]
    return plans, clients_with_unbilled_hours(db, Months(month, month).last_day)


async def bill_client(office: Office, books: Books, client: Billed, month: str, *, dry_run: bool) -> ClientWork:
    """Draft what the client is billed for the month: a draft for each customer and currency that its plans name. A
    plan is billed once for a month, and again only after the draft was deleted or its invoice credited whole.
    """
    organization = client.organization
    if organization.archived:
        return refused(organization, Conflict(f"{organization.handle} is archived: it is not billed."))
    of_month = _Month(month, await _count_documents(office, books, client, month))
    bill = partial(_bill, books=books, client=client, of_month=of_month, keep=not dry_run)
    return await (books.read(bill) if dry_run else books.write(bill))


def _now(client_id: str, became: Mapping[str, str]) -> str:
    while client_id in became:
        client_id = became[client_id]
    return client_id


async def _count_documents(office: Office, books: Books, client: Billed, month: str) -> Mapping[str, int] | None:
    """What the client issued in the month and in the one before. A live practice bills what is live: what a sandbox
    client issues, it does to try it.
    """
    live = books.organization.environment is Environment.LIVE
    tried = live and client.organization.environment is not Environment.LIVE
    months = (month_before(month), month)
    if all(plan.kind is not PlanKind.DOCUMENT for plan in client.plans):
        return None
    if tried:
        return dict.fromkeys(months, 0)
    theirs = open_books(office, client.organization, Right.READ)
    return await theirs.read(lambda db: {one: _issued_in(db, one) for one in months})


def _issued_in(db: Session, month: str) -> int:
    days = Months(month, month)
    return count_issued(db, days.first_day, days.last_day)


def _by_customer(plans: Iterable[Plan]) -> list[tuple[Plan, ...]]:
    groups: dict[tuple[str, str], list[Plan]] = defaultdict(list)
    for plan in plans:
        groups[plan.customer_id, plan.currency].append(plan)
    return [tuple(group) for group in groups.values()]


def _bill(db: Session, *, books: Books, client: Billed, of_month: _Month, keep: bool) -> ClientWork:
    """Bill those of the client's plans that nothing which stands bills for the month."""
    everything = plans_of(db, client.ids)
    plans = [plan for plan in everything if plan.covers(of_month.month)]
    drafts = {plan.id: billed_by(db, plan.id, of_month.month) for plan in plans}
    work = ClientWork(client.organization)
    for draft in dict.fromkeys(draft for draft in drafts.values() if draft):
        work = _look_again(db, books, work, draft, plans)
    doubts = (*_doubts(plans, of_month.month), *_differences(db, everything, of_month))
    for doubt in (*doubts, *_uncovered(db, client, everything, of_month)):
        work = _told(work, "", doubt)
    doubtful = _doubtful(plans)
    for some in _by_customer(plan for plan in plans if not drafts[plan.id] and plan.id not in doubtful):
        work = _bill_open(db, books, client, work, some, of_month, hours_from=_hours_from(everything), keep=keep)
    return work


def _doubtful(plans: Sequence[Plan]) -> frozenset[str]:
    """The ids of plans that would bill the same twice: those of one code, and those that count the same hours."""
    codes = Counter(code_in(plan.id) for plan in plans)
    hourly = [plan for plan in plans if plan.kind is PlanKind.HOUR]
    twice = [plan for plan in plans if codes[code_in(plan.id)] > 1]
    return frozenset(plan.id for plan in (*twice, *(hourly if len(hourly) > 1 else ())))


def _doubts(plans: Sequence[Plan], month: str) -> Iterator[Remark]:
    codes = Counter(code_in(plan.id) for plan in plans)
    for code in sorted(code for code, count in codes.items() if count > 1):
        yield Remark(f"Not drafted: {codes[code]} plans have the code {code}. Withdraw all but one.")
    hourly = sorted({code_in(plan.id) for plan in plans if plan.kind is PlanKind.HOUR})
    if len(hourly) > 1:
        yield Remark(f"Not drafted: {' and '.join(hourly)} count the same hours in {month}. End all but one.")


def _hours_from(plans: Iterable[Plan]) -> str:
    """The first month whose hours plans of the client count: what is entered late comes with a later plan, too. Empty
    where none does.
    """
    return min((plan.first_month for plan in plans if plan.active and plan.kind is PlanKind.HOUR), default="")


def _uncovered(db: Session, client: Billed, plans: Sequence[Plan], of_month: _Month) -> Iterator[Remark]:
    """Hours until the end of the month that nothing bills, and no plan does in this month."""
    hours = unbilled_hours(db, client.ids, date.min, of_month.last_day)
    if any(plan.kind is PlanKind.HOUR and plan.covers(of_month.month) for plan in plans):
        first_day = Months(_hours_from(plans), of_month.month).first_day
        hours = [one for one in hours if one.day < first_day]
    if hours:
        count = plain(sum((one.hours for one in hours), Decimal(0)))
        days = f"{hours[0].day.isoformat()} to {hours[-1].day.isoformat()}"
        yield Remark(f"Not billed: {count} h from {days}, which no plan counts in {of_month.month}.")


def _differences(db: Session, plans: Iterable[Plan], of_month: _Month) -> Iterator[Remark]:
    """Documents that came after they were counted, or are fewer now, in this month and in the one before."""
    for plan in plans:
        for month, count in (of_month.documents or {}).items():
            draft = billed_by(db, plan.id, month) if plan.active and plan.kind is PlanKind.DOCUMENT else ""
            billed = dict(billed_in(db, draft)).get(plan.id) if draft else None
            if billed is not None and billed != count:
                yield Remark(
                    f"{plan.name}: {draft} bills {counted(int(billed), 'document')} of {month}, and the client issued"
                    f" {count}. Nothing bills the difference."
                )


def _bill_open(
    db: Session,
    books: Books,
    client: Billed,
    work: ClientWork,
    plans: Sequence[Plan],
    of_month: _Month,
    *,
    hours_from: str,
    keep: bool,
) -> ClientWork:
    """Bill plans of one customer and currency in one draft."""
    month = of_month.month
    counts = any(plan.kind is not PlanKind.MONTH for plan in plans)
    if counts and month >= month_of(today_in(db, books)):
        return _told(work, "", Remark(f"Not drafted: {month} is not over, and what is counted in it is not known yet."))
    if of_month.documents is None and any(plan.kind is PlanKind.DOCUMENT for plan in plans):
        return _told(work, "", Remark("Not drafted: its plans changed during this call. The same call again bills it."))
    found = tuple(_count(db, client, plan, of_month, hours_from) for plan in plans)
    if not any(one.quantity for one in found):
        return _told(work, "", Remark(f"Nothing to bill: {'; '.join(map(counted_text, found))}."))
    return _draft(db, books, _Group(client, found, month), work, keep=keep)


def _look_again(db: Session, books: Books, work: ClientWork, draft: str, plans: Sequence[Plan]) -> ClientWork:
    """What an earlier call drafted, as it is now, or that it is issued."""
    kept = as_kept(db, draft)
    if kept is None:
        return replace(work, issued=work.issued + 1)
    quantities = dict(billed_in(db, draft))
    ours = [Counted(plan, quantities[plan.id]) for plan in plans if plan.id in quantities]
    work = replace(work, drafts=(*work.drafts, kept), counted=(*work.counted, *map(counted_text, ours)))
    resolved = replace(resolve_draft(db, draft), shown=None)
    if changed := _changed(resolved.request.lines, ours):
        work = _told(work, resolved.customer.name, changed)
    try:
        remarks = remarks_of(preview_of(db, draft, compose_in(db, books, resolved)))
    except Refusal as refusal:
        remarks = refusal.remarks
    return _told(work, resolved.customer.name, *remarks) if remarks else work


def _changed(lines: Iterable[RequestedLine], ours: Iterable[Counted]) -> Remark | None:
    """What a draft bills otherwise than its plans say now: somebody edited it, or a price is another one."""
    drafted = _by_price((plain(line.unit_price or Decimal(0)), line.quantity) for line in lines)
    planned = _by_price((plain(one.plan.price), one.quantity) for one in ours if one.quantity)
    if drafted == planned:
        return None
    return Remark(f"It was edited, or a price changed: it bills {_sum(drafted)}; its plans say {_sum(planned)}.")


def _by_price(some: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for price, quantity in some:
        found[price] += quantity
    return found


def _sum(by_price: Mapping[str, Decimal]) -> str:
    return ", ".join(f"{plain(quantity)} at {price}" for price, quantity in sorted(by_price.items())) or "nothing"


def _count(db: Session, client: Billed, plan: Plan, of_month: _Month, hours_from: str) -> Counted:
    hours = []
    if plan.kind is PlanKind.HOUR:
        days = Months(hours_from, of_month.month)
        hours = unbilled_hours(db, client.ids, days.first_day, days.last_day)
    return counted_for(plan, documents=(of_month.documents or {}).get(of_month.month, 0), hours=hours)


def _draft(db: Session, books: Books, group: _Group, work: ClientWork, *, keep: bool) -> ClientWork:
    try:
        resolved, composed = _compose(db, books, group)
    except Refusal as refusal:
        return _told(work, "", Remark(f"Not drafted: {', '.join(group.told)}."), *refusal.remarks)
    if not keep:
        preview = preview_of(db, "", composed)
    else:
        draft = new_id("drf")
        preview = keep_draft(db, books, replace(resolved, draft=draft), composed, draft_id=draft, warned=False)
        for one in group.counted:
            if one.quantity:
                add_billed(db, one, draft, month=group.month, at=books.clock(), by=books.actor)
    document = preview.document
    made = Drafted(preview.draft, document.currency, document.total_minor, new=keep)
    work = replace(work, drafts=(*work.drafts, made), counted=(*work.counted, *group.told))
    remarks = remarks_of(preview)
    return _told(work, document.buyer.name, *remarks) if remarks else work


def _compose(db: Session, books: Books, group: _Group) -> tuple[Resolved, Composed]:
    plan, organization, days = group.counted[0].plan, group.client.organization, Months(group.month, group.month)
    request = RequestedDocument(
        customer=plan.customer_id,
        lines=lines_of(group.counted, client=organization.name, month=group.month),
        currency=plan.currency,
        supply_date=days.first_day,
        supply_end=days.last_day,
    )
    resolved = resolve_request(db, books, DraftRequest(document=request))
    return resolved, compose_in(db, books, resolved)


def _told(work: ClientWork, about: str, *remarks: Remark) -> ClientWork:
    return replace(work, exceptions=(*work.exceptions, Exceptional(about, remarks)))
