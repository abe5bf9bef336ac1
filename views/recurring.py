"""The work of a month at many clients, and what became of their drafts: counts and sums, and what needs a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, assert_never

from invoicing.money.amounts import money_text
from invoicing.text.typed import counted
from operations.approval.waiting import AwaitingApproval
from operations.invoices import Foreseen, IssuedInvoice, KeptAsDraft
from operations.recurring.drafting import WorkOfMonth
from operations.recurring.issuing import DraftIssue, NotIssued
from operations.recurring.outcomes import ClientWork, Exceptional, totals_of
from storage.paging import Page, decode_cursor, encode_cursor
from views.approvals import who_decides
from views.base import LIST_UNSPELT, View
from views.remedies import Words, line_of, message_of, told
from views.warnings import warning_answers, warning_lines

PAGE_LENGTH = 6_400
"""How many characters the clients of a page take: with what stands around them no more than 2,000 tokens."""
_SHOWN_MAX = 40
_ABOUT_MAX = 3
_EXCEPTIONS_MAX = 12


class Total(View):
    currency: str
    total: str


class ExceptionAnswer(View):
    """What differs or needs a person; `about` are customers and documents."""

    about: list[str]
    text: str


class ClientWorkAnswer(View):
    """A client's work of the month: ids of its drafts, how many were issued already, sums, what was counted."""

    organization: str
    drafts: list[str]
    count: int
    issued: int
    totals: list[Total]
    counted: list[str]
    exceptions: list[ExceptionAnswer]


class WorkAnswer(View):
    """The work of a month; `totals` are those of all clients, on this page or not."""

    count: int
    totals: Annotated[list[Total], LIST_UNSPELT]
    clients: Annotated[list[ClientWorkAnswer], LIST_UNSPELT]


def check_cursor(cursor: str) -> None:
    """Refuse a cursor of no page before anything is drafted.

    Raises:
        InvalidInput: not a cursor of this list.
    """
    _after(cursor)


def work_page(work: WorkOfMonth, words: Words, *, cursor: str) -> Page[ClientWork]:
    """The clients of a page: those that need a person first, then by handle; as many as fit.

    Raises:
        InvalidInput: not a cursor of this list.
    """
    after = _after(cursor)
    ordered = sorted(work.clients, key=_rank)
    left = [one for one in ordered if one.drafts or one.issued or one.exceptions]
    if after is not None:
        left = [one for one in left if _rank(one) > after]
    shown, length = list[ClientWork](), 0
    for one in left:
        length += sum(len(line) + 1 for line in client_work_lines(one, words))
        if shown and length > PAGE_LENGTH:
            break
        shown.append(one)
    rest = len(left) - len(shown)
    return Page(tuple(shown), encode_cursor(*_rank(shown[-1])) if rest else "", rest)


def _after(cursor: str) -> tuple[str | int, ...] | None:
    return decode_cursor(cursor, int, str)


def _rank(one: ClientWork) -> tuple[int, str]:
    return (0 if one.exceptions else 1, one.organization.handle)


def work_answer(work: WorkOfMonth, page: Page[ClientWork], words: Words) -> dict[str, Any]:
    """The fields of `WorkAnswer`."""
    drafts = [draft for one in work.clients for draft in one.drafts]
    return {
        "count": len(drafts),
        "totals": _totals(totals_of(drafts)),
        "clients": [_client(one, words) for one in page.items],
    }


def work_line(work: WorkOfMonth) -> str:
    """What all of it comes to."""
    drafts = [draft for one in work.clients for draft in one.drafts]
    busy = sum(1 for one in work.clients if one.drafts)
    sums = _totals_text(totals_of(drafts))
    doing = "Dry run, nothing is drafted" if work.dry_run else "Drafted"
    new = sum(1 for draft in drafts if draft.new)
    before = f" ({new} of them new)" if not work.dry_run and new < len(drafts) else ""
    issued = sum(one.issued for one in work.clients)
    persons = sum(1 for one in work.clients if one.exceptions)
    parts = [
        f"{doing}: {work.month}, {work.source}: {counted(len(drafts), 'draft')}{before} for {busy} of"
        f" {counted(len(work.clients), 'client')}{f', {sums}' if sums else ''}.",
        f"{issued} issued before." if issued else "",
        f"Something needs a person at {counted(persons, 'client')}." if persons else "",
    ]
    return " ".join(part for part in parts if part)


def client_work_lines(one: ClientWork, words: Words) -> list[str]:
    """A client in a line, and a line for each thing that needs a person."""
    ids = [draft.draft for draft in one.drafts if draft.draft]
    more = f" and {len(ids) - _SHOWN_MAX} more" if len(ids) > _SHOWN_MAX else ""
    parts = [
        counted(len(one.drafts), "draft"),
        _totals_text(one.totals),
        f"{one.issued} issued before" if one.issued else "",
        "; ".join(one.counted),
        f"{' '.join(ids[:_SHOWN_MAX])}{more}",
    ]
    exceptions = _exceptions(one.exceptions, words)
    lines = [f"- {one.organization.handle}: {', '.join(part for part in parts if part)}"]
    lines += [f"  ! {_exception_text(each)}" for each in exceptions[:_EXCEPTIONS_MAX]]
    if len(exceptions) > _EXCEPTIONS_MAX:
        lines.append(f"  ! and {len(exceptions) - _EXCEPTIONS_MAX} more")
    return lines


def _client(one: ClientWork, words: Words) -> ClientWorkAnswer:
    return ClientWorkAnswer(
        organization=one.organization.handle,
        drafts=[draft.draft for draft in one.drafts if draft.draft],
        count=len(one.drafts),
        issued=one.issued,
        totals=_totals(one.totals),
        counted=list(one.counted),
        exceptions=_exceptions(one.exceptions, words),
    )


def _exceptions(found: Iterable[Exceptional], words: Words) -> list[ExceptionAnswer]:
    """What is said of several documents alike is said once."""
    about: dict[str, list[str]] = {}
    for one in found:
        text = " ".join(told(remark, words) for remark in one.remarks)
        about.setdefault(text, []).extend([one.about] if one.about else [])
    return [ExceptionAnswer(about=names, text=text) for text, names in about.items()]


def _exception_text(one: ExceptionAnswer) -> str:
    more = f" and {len(one.about) - _ABOUT_MAX} more" if len(one.about) > _ABOUT_MAX else ""
    named = f"{'; '.join(one.about[:_ABOUT_MAX])}{more}: " if one.about else ""
    return f"{named}{one.text}"


def _totals(totals: Iterable[tuple[str, int]]) -> list[Total]:
    return [Total(currency=currency, total=money_text(amount, currency)) for currency, amount in totals]


def _totals_text(totals: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{one.total} {one.currency}" for one in _totals(totals))


class IssueAnswer(View):
    """What became of a draft: `outcome` is issued, kept (as a draft, because of `warnings` that nobody has
    acknowledged), waiting (for approval) or refused, with the `error`; in a dry run
    would_be_issued, would_stay_a_draft or would_wait_for_approval.
    """

    organization: str
    draft: str
    outcome: str
    number: str
    id: str
    total: str
    currency: str
    replayed: bool
    warnings: list[dict[str, str]]
    error: str


def issue_answer(one: DraftIssue, words: Words) -> IssueAnswer:
    """What became of a draft, whole."""
    said: dict[str, Any] = {"outcome": "", "number": "", "id": "", "total": "", "currency": "", "replayed": False}
    said |= {"warnings": [], "error": ""}
    outcome = one.outcome
    match outcome:
        case IssuedInvoice():
            document = outcome.document.document
            said |= {"outcome": "issued", "number": document.number, "id": document.id}
            said |= {"total": money_text(document.total_minor, document.currency), "currency": document.currency}
            said |= {"replayed": outcome.document.replayed}
        case KeptAsDraft():
            document = outcome.preview.document
            warnings = warning_answers(outcome.preview.warnings, words)
            said |= {"outcome": "kept", "warnings": [dict(warning) for warning in warnings]}
            said |= {"total": money_text(document.total_minor, document.currency), "currency": document.currency}
        case AwaitingApproval():
            document = outcome.approval.document
            said |= {"outcome": "waiting", "replayed": outcome.replayed}
            said |= {"total": money_text(document.total_minor, document.currency), "currency": document.currency}
        case Foreseen():
            document = outcome.document
            shown = warning_answers(outcome.warnings, words) if outcome.unacknowledged else []
            said |= {"outcome": _foreseen(outcome), "warnings": [dict(warning) for warning in shown]}
            said |= {"total": money_text(document.total_minor, document.currency), "currency": document.currency}
        case NotIssued():
            said |= {"outcome": "refused", "error": line_of(outcome.refusal, words)}
        case _:
            assert_never(outcome)
    return IssueAnswer(organization=one.organization.handle, draft=one.draft, **said)


def issue_lines(found: Sequence[DraftIssue], words: Words) -> list[str]:
    """A line for each draft, and the warnings of those that were kept."""
    answers = [issue_answer(one, words) for one in found]
    outcomes = [one.outcome for one in answers]
    lines = [f"Of {counted(len(found), 'draft')}: {_counts(outcomes)}."]
    for one, answered in zip(found, answers, strict=True):
        lines += _issue_lines(one, answered, words)
    return lines


def _foreseen(found: Foreseen) -> str:
    """In a dry run: what issuing would come to."""
    if found.unacknowledged:
        return "would_stay_a_draft"
    return "would_wait_for_approval" if found.steps else "would_be_issued"


def _counts(outcomes: Sequence[str]) -> str:
    return ", ".join(f"{outcomes.count(one)} {one.replace('_', ' ')}" for one in dict.fromkeys(outcomes))


def _issue_lines(one: DraftIssue, answered: IssueAnswer, words: Words) -> list[str]:
    of = f"- {answered.organization}"
    outcome = one.outcome
    match outcome:
        case IssuedInvoice():
            before = " (issued before)" if answered.replayed else ""
            return [f"{of}: {one.draft} is {answered.number}, {answered.total} {answered.currency}{before}"]
        case KeptAsDraft():
            lacking = ", ".join(outcome.unacknowledged)
            said = warning_lines(outcome.preview.warnings, words)
            return [
                f"{of}: {one.draft}, {answered.total} {answered.currency}, stays a draft until these are acknowledged:"
                f" {lacking}",
                *(f"  {line}" for line in said),
            ]
        case AwaitingApproval():
            waits_for = who_decides(outcome.approval)
            return [f"{of}: {one.draft}, {answered.total} {answered.currency}, waits for {waits_for}"]
        case Foreseen():
            unacknowledged = ", ".join(outcome.unacknowledged)
            why = f" until these are acknowledged: {unacknowledged}" if unacknowledged else ""
            said = warning_lines(outcome.warnings, words) if unacknowledged else []
            what = _foreseen(outcome).replace("_", " ")
            return [
                f"{of}: {one.draft}, {answered.total} {answered.currency}, {what}{why}",
                *(f"  {line}" for line in said),
            ]
        case NotIssued():
            return [f"{of}: {one.draft} not issued: {message_of(outcome.refusal, words)}"]
        case _:
            assert_never(outcome)
