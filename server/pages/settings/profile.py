"""The profile: who the organization is, what is missing to issue, and each missing field right there."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.document.readiness import Blocker
from invoicing.master_data.profiles import Profile
from invoicing.organizations import ClientMay, Environment, OrganizationRef
from invoicing.refusals import Refusal
from invoicing.remedies import Act
from operations.configuration.configuring import save_entry
from operations.configuration.entries import Change, Part
from operations.organizations import OrganizationDetails, get_organization
from operations.profile import update_organization
from operations.rights import RIGHT_OF_FIELD, Right
from server.pages.languages import gettext
from server.pages.reading import Form
from server.pages.settings.frame import SETTINGS, may, opened, place_of_room, saved, show_room, to_change
from server.pages.settings.profile_fields import (
    FIELDS,
    GROUPS,
    PARTICULARS,
    Group,
    particulars_group,
    profile_group,
)
from server.pages.settings.standing import check_standing, standing, touched_in
from server.pages.visiting import Desk, Visitor
from storage.books.pool import Books
from views.base import View
from views.remedies import on_page, told

_ROOM = "profile"
_ASKED_WITH = {
    "iban": ("iban", "bic", "account_number", "routing_number"),
    "vat_registration": ("vat_registration", "tax_number"),
}
"""With the field that a blocker names: what does as well, or belongs to it."""

_BESIDE = frozenset({"bic", "account_number", "routing_number"})
"""What need not be asked for by name beside an IBAN."""


class Missing(View):
    """What stands between an organization and its first real document: fields to be filled in right there, and what
    is not done with fields, in a sentence each.
    """

    groups: tuple[Group, ...]
    said: tuple[str, ...]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(one.name for group in self.groups for one in group.fields)


def routes(desk: Desk) -> list[Route]:
    return desk.of_organization(f"/{SETTINGS}/{_ROOM}", _profile, methods=["GET", "POST"])


async def _profile(request: Request, visitor: Visitor) -> Response:
    books = await opened(request, visitor)
    if request.method != "POST":
        return await _shown(request, visitor, books)
    form = await visitor.form(request)
    if form.text("part") == PARTICULARS:
        return await _particulars_saved(request, visitor, books, form)
    given = {name: form.text(name) for name in FIELDS if name in form.fields}
    profile = (await get_organization(books)).profile
    now = {name: str(getattr(profile, name)) for name in given}
    changes = {name: text for name, text in touched_in(form, given).items() if text.strip() != now[name]}
    try:
        to_write = to_change(visitor, books, Right.UPDATE_PROFILE)
        check_standing(form, changes, now, lambda name: _label(profile, name))
        if changes:
            await update_organization(visitor.office, to_write, changes)
    except Refusal as refusal:
        return await _shown(request, visitor, books, given, refusal)
    return saved(books.organization, _ROOM)


def _label(profile: Profile, name: str) -> str:
    """What a field is called on the page."""
    groups = (profile_group(group, profile, {}, [name]) for group in GROUPS)
    return next((one.label for group in groups for one in group.fields if one.name == name), name)


async def _particulars_saved(request: Request, visitor: Visitor, books: Books, form: Form) -> Response:
    profile = (await get_organization(books)).profile
    known = {one.name: one for one in particulars_group(profile, {}, may=True).fields}
    values = {name: form.text(name) for name in known if name in form.fields}
    touched = touched_in(form, values)
    try:
        to_write = to_change(visitor, books, Right.CHANGE_SETTINGS)
        now = {name: one.value for name, one in known.items()}
        check_standing(form, touched, now, lambda name: known[name].label)
        await save_entry(visitor.office, to_write, Part.PARTICULARS, Change(code="", values=touched))
    except Refusal as refusal:
        # It is of the values, and says in its words of which of them.
        field = next((name for name in values if name in refusal.message), "")
        return await _shown(request, visitor, books, values, refusal, field=field)
    return saved(books.organization, _ROOM)


async def _shown(
    request: Request,
    visitor: Visitor,
    books: Books,
    given: Mapping[str, str] | None = None,
    refusal: Refusal | None = None,
    *,
    field: str = "",
) -> Response:
    organization = books.organization
    details = await get_organization(books)
    allowed = [name for name in FIELDS if may(visitor, organization, _right_of(organization, name))]
    may_particulars = may(visitor, organization, Right.CHANGE_SETTINGS)
    typed = given or {}
    stood = [*(profile_group(name, details.profile, {}, allowed) for name in GROUPS)]
    stood.append(particulars_group(details.profile, {}, may=may_particulars))
    missing = missing_of(details, typed, allowed, may_particulars=may_particulars)
    groups = [profile_group(name, details.profile, typed, allowed) for name in GROUPS]
    groups.append(particulars_group(details.profile, typed, may=may_particulars))
    # What is missing is asked for above, and once.
    left = [
        group.model_copy(update={"fields": tuple(one for one in group.fields if one.name not in missing.names)})
        for group in groups
    ]
    return await show_room(
        request,
        visitor,
        organization,
        "settings_profile.html",
        room=_ROOM,
        refusal=refusal,
        field=field,
        groups=[group for group in left if group.fields],
        stood={one.name: standing(one.value) for group in stood for one in group.fields},
        missing=missing,
        hints=[hint.text for hint in details.hints],
        ready=not details.blockers and not details.live_blockers,
        has_country=bool(details.profile.country),
        asking=_asking(visitor, organization, missing),
        may_not_bank=_asks_for_bank(missing) and ClientMay.BANK_ACCOUNT not in organization.client_may,
        may_go_live=organization.environment is Environment.SANDBOX and may(visitor, organization, Right.GO_LIVE),
    )


def _asking(visitor: Visitor, organization: OrganizationRef, missing: Missing) -> str:
    """What a practice can send to its client, who fills it in; empty where it is none, or nothing is missing."""
    if not organization.partner_id or not missing.names or not may(visitor, organization, Right.MANAGE_PEOPLE):
        return ""
    lacking = ", ".join(one.label for group in missing.groups for one in group.fields if one.name not in _BESIDE)
    address = f"{visitor.office.public_url}{place_of_room(organization, _ROOM)}"
    return gettext(
        "Please fill in for %(name)s: %(fields)s. Each field is on this page, after you have signed in: %(address)s",
        name=organization.name,
        fields=lacking,
        address=address,
    )


def _asks_for_bank(missing: Missing) -> bool:
    return any(RIGHT_OF_FIELD.get(name) is Right.CHANGE_BANK_ACCOUNT for name in missing.names)


def missing_of(
    details: OrganizationDetails, given: Mapping[str, str], allowed: list[str], *, may_particulars: bool
) -> Missing:
    """What is missing of an organization: as groups of fields, or in words where no field mends it."""
    lacking = details.blockers or details.live_blockers
    profile = details.profile
    groups, said = [], []
    for blocker in lacking:
        if blocker.remedy is Act.SAVE_PARTICULARS:
            groups.append(particulars_group(profile, given, may=may_particulars, only=blocker.fields))
        elif _is_filled_in(blocker, has_country=bool(profile.country)):
            names = [one for name in blocker.fields for one in _ASKED_WITH.get(name, (name,))]
            groups.append(profile_group("business", profile, given, allowed, only=dict.fromkeys(names)))
        else:
            said.append(told(blocker, on_page))
    return Missing(groups=tuple(groups), said=tuple(said))


def _is_filled_in(blocker: Blocker, *, has_country: bool) -> bool:
    """Whether fields mend it: a country that is set is not set anew."""
    return blocker.remedy is Act.SET_ORGANIZATION and not (has_country and "country" in blocker.fields)


def _right_of(organization: OrganizationRef, name: str) -> Right:
    if name == "name":
        return Right.RENAME_CLIENT if organization.partner_id else Right.RENAME
    return RIGHT_OF_FIELD.get(name, Right.UPDATE_PROFILE)
