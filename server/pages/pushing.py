"""Bringing clients in line with their practice's configuration: shown first, client by client, then done."""

from __future__ import annotations

from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.organizations import OrganizationRef
from invoicing.refusals import NotAllowed, Refusal, Unavailable
from operations.access import is_allowed
from operations.identity.browsing import new_mark
from operations.pushing.differences import Mode
from operations.pushing.pushing import PUSHABLE, ClientState, Pushed, PushRequest, push_configuration
from operations.rights import Right
from server.http.answers import Turned
from server.pages.languages import N_, gettext, ngettext
from server.pages.organization_pages import show
from server.pages.reading import Form
from server.pages.rendering import nothing_here
from server.pages.sending import untold
from server.pages.visiting import Desk, Visitor
from views.organizations import place_of
from views.pushing import pushed_groups, states_counted
from views.remedies import message_of, on_page

AT_ONCE_MAX = 100
"""So many clients one press of the button changes; who looks at more of them is done with none."""
_PARTS = {
    "accounts": N_("Accounts"),
    "tax_authorities": N_("Tax authorities"),
    "jurisdictions": N_("Jurisdictions"),
    "tax_codes": N_("Tax codes"),
    "withholdings": N_("Withheld taxes"),
    "payment_terms": N_("Payment terms"),
    "posting_profiles": N_("Posting"),
    "transaction_types": N_("Kinds of documents"),
    "workflows": N_("Workflows"),
    "agents": N_("Agents"),
    "skills": N_("Skills"),
}
_MODES = {
    Mode.BOTH: N_("Add what is missing, and update what is another"),
    Mode.ADD: N_("Only add what is missing"),
    Mode.UPDATE: N_("Only update what is there"),
}
_STATES = {
    ClientState.CHANGED: N_("changed"),
    ClientState.SAME: N_("as it is already"),
    ClientState.REFUSED: N_("refused"),
    ClientState.UNAVAILABLE: N_("not available"),
    ClientState.FAILED: N_("failed"),
    ClientState.ARCHIVED: N_("archived"),
    ClientState.UNNAMED: N_("not named"),
}


def routes(desk: Desk) -> list[Route]:
    return [desk.page("/practice/{handle}/push", _push, methods=("GET", "POST"))]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a form asks for: parts by name, of these the entries of some codes, and clients by their handles."""

    parts: tuple[str, ...] = ()
    codes: str = ""
    clients: str = ""
    mode: Mode = Mode.BOTH

    @classmethod
    def of(cls, form: Form) -> _Wanted:
        mode = next((one for one in Mode if one.value == form.text("mode")), Mode.BOTH)
        return cls(tuple(form.several("part")), form.text("codes").strip(), form.text("clients").strip(), mode)

    def request(self, practice: OrganizationRef, *, dry_run: bool) -> PushRequest:
        clients = tuple(self.clients.replace(",", " ").split()) or ("all",)
        codes = tuple(one.strip() for one in self.codes.split(",") if one.strip())
        return PushRequest(
            parts=self.parts, codes=codes, clients=clients, partner=practice.handle, mode=self.mode, dry_run=dry_run
        )


async def _push(request: Request, visitor: Visitor) -> Response:
    practice = await visitor.organization(request)
    if practice.archived or not is_allowed(Right.PUSH_CONFIGURATION, practice, visitor.office.principal):
        return nothing_here()
    if request.method != "POST":
        part = request.query_params.get("part", "")
        return await _asked(visitor, practice, _Wanted(parts=(part,) if part in _PARTS else ()))
    if request.query_params.get("now") != "yes":
        return await _looked_at(visitor, practice, _Wanted.of(await visitor.form(request)))
    place = f"{place_of(practice)}/push"
    form = await visitor.form_sent_once(request, gettext("This was done already"), place)
    return await _done(visitor, practice, _Wanted.of(form))


async def _asked(
    visitor: Visitor, practice: OrganizationRef, wanted: _Wanted, refusal: Refusal | None = None
) -> Response:
    return await show(
        visitor,
        practice,
        "push.html",
        here="push",
        status=400 if refusal else 200,
        title=gettext("Push settings to clients"),
        wanted=wanted,
        parts=[(part.name, gettext(_PARTS[part.name])) for part in PUSHABLE],
        modes=[(mode.value, gettext(words), "") for mode, words in _MODES.items()],
        refused=message_of(refusal, on_page) if refusal else "",
        field=refusal.field if refusal else "",
    )


async def _looked_at(visitor: Visitor, practice: OrganizationRef, wanted: _Wanted) -> Response:
    """What would be changed where; nothing is."""
    try:
        pushed = await push_configuration(visitor.office, wanted.request(practice, dry_run=True), progress=untold)
    except (Unavailable, NotAllowed):
        raise
    except Refusal as refusal:
        return await _asked(visitor, practice, wanted, refusal)
    changed = [one.client.handle for one in pushed.outcomes if one.state is ClientState.CHANGED]
    now = changed[:AT_ONCE_MAX]
    return await show(
        visitor,
        practice,
        "push_preview.html",
        here="push",
        title=gettext("What would be changed"),
        wanted=replace(wanted, clients=" ".join(now)),
        groups=_groups(pushed),
        states=_states(pushed),
        count=len(now),
        left=len(changed) - len(now),
        mark=new_mark(),
        button=ngettext(
            "Push it to %(num)s client of %(name)s",
            "Push it to %(num)s clients of %(name)s",
            len(now),
            name=practice.name,
        ),
    )


async def _done(visitor: Visitor, practice: OrganizationRef, wanted: _Wanted) -> Response:
    named = wanted.clients.split()
    if not named or len(named) > AT_ONCE_MAX:
        raise Turned(nothing_here())
    try:
        pushed = await push_configuration(visitor.office, wanted.request(practice, dry_run=False), progress=untold)
    except (Unavailable, NotAllowed):
        raise
    except Refusal as refusal:
        return await _asked(visitor, practice, wanted, refusal)
    return await show(
        visitor,
        practice,
        "push_done.html",
        here="push",
        title=gettext("What was pushed"),
        groups=_groups(pushed),
        states=_states(pushed),
    )


def _groups(pushed: Pushed) -> list[tuple[str, list[str], list[str], str]]:
    """Clients of which the same is to be told: the state, their handles, the entries, and why there is nothing."""
    return [
        (gettext(_STATES[ClientState(one.state)]), one.handles, one.entries, one.why)
        for one in pushed_groups(pushed.outcomes, on_page)
    ]


def _states(pushed: Pushed) -> list[tuple[str, int]]:
    return [(gettext(_STATES[ClientState(state)]), count) for state, count in states_counted(pushed.outcomes).items()]
