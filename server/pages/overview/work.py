"""The inbox of a practice: what is to be done at its clients, and which documents wait for the visitor alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.latest import latest
from invoicing.master_data.profiles import Profile
from invoicing.organizations import Environment
from operations.access import is_allowed, open_books
from operations.approval.worklist import waiting_at
from operations.attention import WORK, Attention, Matter, attention_at, work_at
from operations.clients_at_a_glance import glance_at_clients
from operations.rights import Right
from server.pages.languages import gettext, language
from server.pages.organization_pages import address_of_list, show
from server.pages.rendering import made_part
from server.pages.visiting import Desk, Visitor
from server.pages.words import kind_word
from storage.books.profile import load_profile
from views.approval_pages import WaitingLine, waiting_line
from views.organizations import place_of
from views.practice_desk import attention_row, reading_of
from views.remedies import on_page

HERE = "work"
_CLIENTS = 50
_APPROVALS = 10
"""So many documents that wait are told by name; there is a page of all."""


@dataclass(frozen=True, slots=True)
class _Group:
    """A client with what is to be done there, and the first of the documents that wait for the visitor, of how many."""

    matters: tuple[Attention, ...]
    decides: bool
    mine: tuple[WaitingLine, ...]
    mine_count: int


def routes(desk: Desk) -> list[Route]:
    return [desk.page("/practice/{handle}/" + HERE, _work)]


async def _work(request: Request, visitor: Visitor) -> Response:
    practice = await visitor.organization(request)
    profile = await open_books(visitor.office, practice, Right.READ).read(load_profile)
    kind, place = request.query_params.get("kind", ""), f"{place_of(practice)}/{HERE}"
    wanted = [one for one in WORK if one.name.lower() == kind] or list(WORK)
    glance = await glance_at_clients(visitor.office, practice)
    found = attention_at(glance.clients, glance.verified)
    groups, everything = work_at(found, wanted), work_at(found)
    start = int(text) if (text := request.query_params.get("start", "")).isascii() and text.isdigit() else 0
    start = start if start < len(groups) else 0
    end = start + _CLIENTS
    return await show(
        visitor,
        practice,
        "work.html",
        here=HERE,
        title=gettext("To do"),
        to_do={HERE: len(everything)},
        groups=_made(
            tuple([await _group(visitor, one) for one in groups[start:end]]),
            profile,
            practice.environment is Environment.SANDBOX,
            language(),
        )
        if groups
        else "",
        clients=len(groups),
        reading=reading_of(glance, f"{place_of(practice)}/overview"),
        kind=kind if len(wanted) == 1 else "",
        kinds=_kinds(place, found),
        more=address_of_list(place, {"kind": kind, "start": f"{end}"}) if len(groups) > end else "",
        here_address=place,
    )


async def _group(visitor: Visitor, matters: tuple[Attention, ...]) -> _Group:
    """What is to be done at a client; its books are opened only where documents wait for approval."""
    organization = matters[0].client.standing.organization
    mine, decides = [], is_allowed(Right.DECIDE_APPROVAL, organization, visitor.office.principal)
    if any(one.matter is Matter.APPROVAL for one in matters):
        mine = (await waiting_at(visitor.office, organization)).approvals or []
    return _Group(matters, decides, tuple(map(waiting_line, mine[:_APPROVALS])), len(mine))


# Somebody who goes through the inbox comes back to it, and little has changed but what they have done.
@latest(16)
def _made(groups: tuple[_Group, ...], profile: Profile, in_sandbox: bool, spoken: str) -> Markup:
    return made_part(
        "work_clients.html",
        spoken,
        kind_word=kind_word,
        in_sandbox=in_sandbox,
        groups=[
            (group, [attention_row(one, profile, on_page, decides=group.decides) for one in group.matters])
            for group in groups
        ],
    )


def _kinds(place: str, found: Sequence[Attention]) -> list[tuple[str, str, str, int]]:
    """What one can look at alone: its name, what it is called, its address, and at how many clients it is so."""
    kinds = [("", gettext("All"), place, len(work_at(found)))]
    for one in WORK:
        name = one.name.lower()
        if count := len(work_at(found, (one,))):
            kinds.append((name, _kind_word(one), address_of_list(place, {"kind": name}), count))
    return kinds


def _kind_word(matter: Matter) -> str:
    words = {
        Matter.UNREADABLE: gettext("Not readable"),
        Matter.OVERDUE: gettext("Overdue"),
        Matter.NOT_READY: gettext("Not ready"),
        Matter.APPROVAL: gettext("Approvals"),
        Matter.RETURNED: gettext("Came back"),
        Matter.OLD_DRAFTS: gettext("Old drafts"),
    }
    return words[matter]
