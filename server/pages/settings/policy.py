"""The policy: how prices are meant, what is refused, and who may do what; each rule in a sentence of what it means."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.organizations import HumanApproval, OrganizationRef
from invoicing.refusals import Refusal
from operations.configuration.configuring import get_entries, save_entry
from operations.configuration.entries import Change, Part
from operations.rights import RIGHT_OF_FIELD, Right
from server.pages.reading import Form
from server.pages.settings.frame import SETTINGS, may, opened, saved, show_room, to_change
from server.pages.settings.policy_words import Rule, rules
from server.pages.settings.standing import check_standing, standing, touched_in
from server.pages.visiting import Desk, Visitor
from storage.books.pool import Books
from views.organizations import place_of

_ROOM = "policy"


def routes(desk: Desk) -> list[Route]:
    return desk.of_organization(f"/{SETTINGS}/{_ROOM}", _policy, methods=["GET", "POST"])


async def _policy(request: Request, visitor: Visitor) -> Response:
    books = await opened(request, visitor)
    if request.method != "POST":
        return await _shown(request, visitor, books)
    form = await visitor.form(request)
    organization = books.organization
    now = await _values(visitor, books)
    changeable = [rule for rule in rules(organization, now) if _may_change(visitor, organization, rule)]
    values = {rule.name: _given(form, rule) for rule in changeable if _is_sent(form, rule)}
    touched = touched_in(form, values)
    titles = {rule.name: rule.title for rule in changeable}
    try:
        to_write = to_change(visitor, books, Right.UPDATE_PROFILE)
        check_standing(form, touched, now, lambda name: titles[name])
        if touched:
            await save_entry(visitor.office, to_write, Part.POLICY, Change(code="", values=touched))
    except Refusal as refusal:
        return await _shown(request, visitor, books, values, refusal)
    return saved(organization, _ROOM)


async def _shown(
    request: Request,
    visitor: Visitor,
    books: Books,
    given: dict[str, str] | None = None,
    refusal: Refusal | None = None,
) -> Response:
    organization = books.organization
    now = await _values(visitor, books)
    said = rules(organization, now)
    changeable = {rule.name for rule in said if _may_change(visitor, organization, rule)}
    return await show_room(
        request,
        visitor,
        organization,
        "settings_policy.html",
        room=_ROOM,
        refusal=refusal,
        rules=said,
        changeable=changeable,
        values=now | (given or {}),
        stood={name: standing(value) for name, value in now.items()},
        may_loosen=may(visitor, organization, Right.SET_HUMAN_APPROVAL),
        signed_off=f"{place_of(organization)}/approvals/human_approval",
    )


async def _values(visitor: Visitor, books: Books) -> dict[str, str]:
    page = await get_entries(visitor.office, books, Part.POLICY, cursor="", limit=1)
    return dict(page.items[0].values)


def _may_change(visitor: Visitor, organization: OrganizationRef, rule: Rule) -> bool:
    """Whether the rule is the visitor's to change with this form. What holds assistants is loosened on a page of its
    own, where a person signs that.
    """
    if rule.name == "human_approval" and organization.human_approval is not HumanApproval.OFF:
        return False
    return not rule.of_practice and may(visitor, organization, RIGHT_OF_FIELD[rule.name])


def _is_sent(form: Form, rule: Rule) -> bool:
    """Whether the form has the rule; where none of several choices is ticked, it says so beside them."""
    return rule.name in (form.several("ticked") if rule.several else form.fields)


def _given(form: Form, rule: Rule) -> str:
    return " ".join(form.several(rule.name)) if rule.several else form.text(rule.name)
