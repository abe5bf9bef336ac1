"""Whose books a page shows: what stands at the top of every page of an organization."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import quote

from invoicing.organizations import Environment, OrganizationKind, OrganizationRef
from views.base import View
from views.organizations import place_of

HUES = (212, 172, 265, 340, 24, 96, 300, 192)
"""The colours that tell organizations apart, beside name and monogram: those of the style sheet, on light ground."""

_DRAWN_MAX = 4_096
LOOKED_THROUGH_MAX = 7
"""So many organizations are found at a glance; more are searched."""


class Tab(View):
    """A page of the organization; `here` says that it is the one that is shown, `count` how much there is to do."""

    name: str
    address: str
    here: bool
    count: int = 0


class Choice(View):
    """An organization that one could look at instead; `here` says that it is the one that is shown."""

    name: str
    handle: str
    address: str
    partner: bool
    sandbox: bool
    monogram: str
    hue: int
    here: bool


class Switcher(View):
    """The organizations to choose from, practices first; `more` says that there are others than these, and `searched`
    that they are too many to look through. Nothing to choose from where somebody reaches one alone.
    """

    choices: list[Choice]
    more: bool
    searched: bool


class Group(View):
    """Pages that belong together; `name` is empty where there is only one group."""

    name: str
    tabs: list[Tab]


class Head(View):
    """`key` is the organization's id, which its forms carry, `hue` the number of its colour, and `icon` the address of
    its picture for a tab.
    """

    key: str
    name: str
    handle: str
    kind: str
    sandbox: bool
    archived: bool
    monogram: str
    hue: int
    icon: str
    partner: bool


def head_of(organization: OrganizationRef) -> Head:
    hue = hue_of(organization)
    monogram = monogram_of(organization.name)
    return Head(
        key=organization.id,
        name=organization.name,
        handle=organization.handle,
        kind=_kind(organization),
        sandbox=organization.environment is Environment.SANDBOX,
        archived=organization.archived,
        monogram=monogram,
        hue=hue,
        icon=_icon(monogram, HUES[hue]),
        partner=organization.kind is OrganizationKind.PARTNER,
    )


def switcher_of(reached: Sequence[OrganizationRef], organization: OrganizationRef, *, more: bool) -> Switcher:
    """What the visitor may switch to; the organization that is shown stands there whether it is among them or not."""
    shown = list(reached)
    if organization.id not in {one.id for one in shown}:
        shown.insert(0, organization)
    if len(shown) == 1 and not more:
        return Switcher(choices=[], more=False, searched=False)
    return found_for_switcher(shown, organization.handle, more=more)


def found_for_switcher(found: Sequence[OrganizationRef], here: str, *, more: bool) -> Switcher:
    """These organizations as the switcher has them; `here` is the handle of the one that is shown."""
    choices = [_choice(one, here) for one in found]
    return Switcher(choices=choices, more=more, searched=more or len(choices) > LOOKED_THROUGH_MAX)


def hue_of(organization: OrganizationRef) -> int:
    """The number of its colour: the same everywhere and always, and no books are opened for it."""
    return int.from_bytes(hashlib.sha256(organization.id.encode()).digest()[:2]) % len(HUES)


def _choice(one: OrganizationRef, here: str) -> Choice:
    return Choice(
        name=one.name,
        handle=one.handle,
        address=place_of(one),
        partner=one.kind is OrganizationKind.PARTNER,
        sandbox=one.environment is Environment.SANDBOX,
        monogram=monogram_of(one.name),
        hue=hue_of(one),
        here=one.handle == here,
    )


def monogram_of(name: str) -> str:
    """The initials of the first two words that have any."""
    initials = [next((letter for letter in word if letter.isalnum()), "") for word in name.split()]
    return "".join(letter for letter in initials if letter)[:2].upper() or "#"


def _kind(organization: OrganizationRef) -> str:
    if organization.kind is OrganizationKind.PARTNER:
        return "practice"
    return "client" if organization.partner_id else "business"


@lru_cache(_DRAWN_MAX)
def _icon(monogram: str, hue: int) -> str:
    # What a monogram is made of is letters and digits alone, or a sign of ours.
    drawn = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        f'<rect width="32" height="32" rx="6" fill="hsl({hue} 50% 36%)"/>'
        '<text x="16" y="22" font-family="sans-serif" font-weight="700" font-size="16" text-anchor="middle"'
        f' fill="#fff">{monogram}</text></svg>'
    )
    return f"data:image/svg+xml,{quote(drawn)}"
