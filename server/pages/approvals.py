"""The pages of what waits for a person: a list, each document as it will stand, and the policy behind them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.organizations import HumanApproval, OrganizationRef
from invoicing.refusals import Conflict, LimitExceeded, NotAllowed, NotFound, Refusal, Unavailable
from operations.access import is_allowed, open_books
from operations.approval import loosening
from operations.approval.deciding import Decided, DecisionRequest, decide_approval
from operations.approval.proving import signed_by_passkey, ways_to_sign
from operations.approval.showing import is_decided_by_another, show_for_decision, shown_before, waiting_for
from operations.approval.signing import PasswordAndCode, Proof
from operations.approval.worklist import waiting_in_reach
from operations.identity.passkeys import Site
from operations.identity.signing_in import prove_with_password
from operations.policies import HUMAN_APPROVAL
from operations.rights import Right
from server.pages.approval_words import act_of, part_word, title_of
from server.pages.languages import gettext
from server.pages.organization_pages import show
from server.pages.reading import Form
from server.pages.refused import status_of_proof
from server.pages.rendering import nothing_here, render, told
from server.pages.settings.words import room_word
from server.pages.visiting import Desk, Visitor
from server.pages.words import kind_word
from storage.books.pool import Books
from views.approval_pages import approval_page, waiting_line
from views.organizations import place_of
from views.remedies import message_of, on_page

_HERE = "approvals"


def routes(desk: Desk) -> list[Route]:
    """The routes of these pages."""
    pages = ApprovalPages(Site.of(desk.office.public_url))
    both = ("GET", "POST")
    return [
        desk.page("/approvals", pages.everywhere),
        *desk.of_organization("/approvals", pages.listed),
        *desk.of_organization(f"/approvals/{HUMAN_APPROVAL}", pages.policy, methods=both),
        *desk.of_organization("/approvals/{document}", pages.document, methods=both),
    ]


@dataclass(frozen=True, slots=True)
class ApprovalPages:
    """Whoever may not decide sees nothing: it looks as if there were no such page."""

    site: Site

    async def everywhere(self, _: Request, visitor: Visitor) -> Response:
        found = await waiting_in_reach(visitor.office)
        groups = [
            {
                "name": one.organization.name,
                "place": f"{place_of(one.organization)}/approvals",
                "waiting": None if one.approvals is None else [waiting_line(each) for each in one.approvals],
            }
            for one in found
        ]
        return render(
            "approvals.html",
            title=gettext("Waiting for your approval"),
            visitor=visitor,
            groups=groups,
            at="",
            kind_word=kind_word,
        )

    async def listed(self, request: Request, visitor: Visitor) -> Response:
        organization, books = await self._opened(request, visitor)
        waiting = [waiting_line(one) for one in await waiting_for(books)]
        place = f"{place_of(organization)}/approvals"
        groups = [{"name": organization.name, "place": place, "waiting": waiting}] if waiting else []
        at, title = f"{organization.name} ({organization.handle})", gettext("Waiting for your approval")
        asks = _may_switch_off(visitor, organization)
        return await show(
            visitor,
            organization,
            "approvals.html",
            here=_HERE,
            title=title,
            groups=groups,
            at=at,
            asks=asks,
            kind_word=kind_word,
        )

    async def document(self, request: Request, visitor: Visitor) -> Response:
        _, books = await self._opened(request, visitor)
        key = request.path_params["document"]
        if request.method != "POST":
            return await self._show(visitor, books, key, to_sign=request.method != "HEAD")
        form = await visitor.form(request)
        if form.text("act") == "reject":
            return await self._rejected(visitor, books, key, form)
        return await self._approved(visitor, books, key, form)

    async def policy(self, request: Request, visitor: Visitor) -> Response:
        organization = await visitor.organization(request)
        books = _open(visitor, organization, Right.SET_HUMAN_APPROVAL)
        if request.method != "POST":
            return await self._show_policy(visitor, books, to_sign=request.method != "HEAD")
        form = await visitor.form(request)
        challenge = await shown_before(books, HUMAN_APPROVAL, form.text("nonce"))
        if challenge is None:
            return await self._show_policy(visitor, books, _changed(), 409)
        try:
            async with self._proof(visitor, form, challenge) as proof:
                done = await loosening.switch_off(visitor.office, books, proof)
        except (NotAllowed, LimitExceeded, Conflict) as refused:
            return await self._show_policy(visitor, books, refused.message, status_of_proof(refused))
        if not done:
            return await self._show_policy(visitor, books, _changed(), 409)
        said = gettext("What is issued live asks no person from now on.")
        return told(gettext("No signature is asked for any more"), said)

    async def _opened(self, request: Request, visitor: Visitor) -> tuple[OrganizationRef, Books]:
        organization = await visitor.organization(request)
        return organization, _open(visitor, organization, Right.DECIDE_APPROVAL)

    async def _show(
        self,
        visitor: Visitor,
        books: Books,
        key: str,
        problem: str = "",
        status: int = 200,
        comment: str = "",
        *,
        to_sign: bool = True,
    ) -> Response:
        try:
            shown = await show_for_decision(books, key, to_sign=to_sign)
        except (NotAllowed, NotFound):
            return nothing_here()
        except Unavailable:
            raise
        except Refusal as refusal:
            return told(gettext("It cannot be decided now"), message_of(refusal, on_page), status=409)
        page = approval_page(books.organization, shown)
        return await show(
            visitor,
            books.organization,
            "approval.html",
            here=_HERE,
            status=status,
            title=title_of(page),
            act=act_of(page),
            part_word=part_word,
            kind_word=kind_word,
            page=page,
            key=key,
            comment=comment,
            problem=problem,
            ways=await ways_to_sign(visitor.office, self.site, shown.challenge),
        )

    async def _show_policy(
        self, visitor: Visitor, books: Books, problem: str = "", status: int = 200, *, to_sign: bool = True
    ) -> Response:
        try:
            shown = await loosening.show_switching_off(visitor.office, books, to_sign=to_sign)
        except Conflict as conflict:
            policy = (f"{place_of(books.organization)}/settings/policy", room_word("policy"))
            return told(gettext("There is nothing to switch off"), conflict.message, status=409, links=[policy])
        return await show(
            visitor,
            books.organization,
            "human_approval.html",
            here=_HERE,
            status=status,
            title=gettext("Issue without a person's signature?"),
            nonce=shown.nonce,
            problem=problem,
            ways=await ways_to_sign(visitor.office, self.site, shown.challenge),
        )

    async def _rejected(self, visitor: Visitor, books: Books, key: str, form: Form) -> Response:
        comment = form.text("comment").strip()
        try:
            await decide_approval(books, DecisionRequest(key, "reject", comment))
        except (NotAllowed, NotFound):
            return nothing_here()
        except Unavailable:
            raise
        except Refusal as refusal:
            return await self._show(visitor, books, key, message_of(refusal, on_page), 409, comment)
        with_it, alone = gettext("It is a draft again, with your comment."), gettext("It is a draft again.")
        return await _decided(visitor, books, gettext("It is rejected"), with_it if comment else alone)

    async def _approved(self, visitor: Visitor, books: Books, key: str, form: Form) -> Response:
        comment = form.text("comment")

        async def again(problem: str, status: int) -> Response:
            if await is_decided_by_another(books, key, form.text("nonce")):
                return told(gettext("Somebody else was first"), _decided_elsewhere(), status=409)
            return await self._show(visitor, books, key, problem, status, comment)

        challenge = await shown_before(books, key, form.text("nonce"))
        if challenge is None:
            return await again(_changed(), 409)
        if len(set(form.several("warning"))) < _counted(form.text("warnings")):
            return await again(_unticked(), 400)
        try:
            async with self._proof(visitor, form, challenge) as proof:
                made = await decide_approval(books, DecisionRequest(key, "approve", comment), proof)
        except NotFound:
            return nothing_here()
        except Unavailable:
            raise
        except Refusal as refusal:
            return await again(message_of(refusal, on_page), status_of_proof(refusal))
        if made.anew and made.issued is None:
            return await again(_changed(), 409)
        return await _came_of(visitor, books, made)

    @asynccontextmanager
    async def _proof(self, visitor: Visitor, form: Form, challenge: bytes) -> AsyncIterator[Proof]:
        """What the person has proved by.

        Raises:
            NotAllowed, LimitExceeded: it proves nothing.
        """
        office, nonce = visitor.office, form.text("nonce")
        if answer := form.text("answer"):
            async with signed_by_passkey(office, self.site, answer, challenge, nonce=nonce) as proof:
                yield proof
            return
        password, code = form.text("password"), form.text("code")
        if not password or not code:
            raise NotAllowed(_unproved())
        await prove_with_password(office, visitor.signed_in, password, code)
        yield PasswordAndCode(nonce=nonce, store=office.store)


def _open(visitor: Visitor, organization: OrganizationRef, act: Right) -> Books:
    """The organization's books, for whoever may do the act; for everybody else there is no such page."""
    try:
        return open_books(visitor.office, organization, act)
    except (NotAllowed, Conflict):
        raise NotFound("There is no such page.") from None


def _may_switch_off(visitor: Visitor, organization: OrganizationRef) -> bool:
    """Whether a person signs what is issued here, and it is this visitor who can say that none need to any more."""
    on = organization.human_approval is not HumanApproval.OFF and not organization.partner_id
    return on and is_allowed(Right.SET_HUMAN_APPROVAL, organization, visitor.office.principal)


async def _came_of(visitor: Visitor, books: Books, made: Decided) -> Response:
    if made.issued is not None:
        number = made.issued.document.number
        said = gettext("%(number)s is issued for good, and your signature is kept with it.") % {"number": number}
        return await _decided(visitor, books, gettext("Issued as %(number)s") % {"number": number}, said)
    if made.approval.note:
        note = made.approval.note
        return await _decided(
            visitor, books, gettext("It is a draft again"), gettext("It was not issued:"), note=note, status=409
        )
    said = gettext("Your approval is kept. Others decide next; it is issued after the last of them.")
    return await _decided(visitor, books, gettext("Approved"), said)


async def _decided(
    visitor: Visitor, books: Books, title: str, said: str, *, note: str = "", status: int = 200
) -> Response:
    """What came of a decision, and the next that waits in the same organization."""
    waiting = await waiting_for(books)
    return await show(
        visitor,
        books.organization,
        "decided.html",
        here=_HERE,
        status=status,
        title=title,
        said=said,
        note=note,
        next=waiting_line(waiting[0]) if waiting else None,
        kind_word=kind_word,
    )


def _changed() -> str:
    return gettext(
        "Nothing was done: it is not as it was shown to you any more, or the page was open for long."
        " This is how it is now."
    )


def _decided_elsewhere() -> str:
    return gettext("Somebody else has decided this step; nothing of yours was kept.")


def _unticked() -> str:
    return gettext("Nothing was done: tick each warning that you have read.")


def _unproved() -> str:
    return gettext("Nothing was done: use your passkey, or your password and a one-time code.")


def _counted(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
