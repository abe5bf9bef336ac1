"""How a route of a page is tried with what is another organization's."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.support.twins import Known

Tried = Callable[[Known], list[tuple[str, str]]]
"""The methods and addresses with which a route is tried for an organization that is another's."""
MINE = "<mine>"
"""Stands in an address for one's own handle."""


@dataclass(frozen=True, slots=True)
class Area:
    """Pages of each organization that belong together. `routes` says, for the room of an address (`o` or `practice`),
    how each route is tried; `gallery` at which addresses each page is looked at: below the handle of Harbour Bakery, or
    of the practice where the address begins with `practice:`, each by the route below `{handle}` that it shows; at none
    where what the route answers is no page, such as a file. In an address, names in braces stand for what the gallery
    has: see `tests.support.gallery`.
    """

    routes: Callable[[str], dict[str, Tried]]
    gallery: dict[str, list[str]] = field(default_factory=dict)


def page(below: str, *ids: Callable[[Known], str]) -> Tried:
    """A page of each organization: the other's, and what is the other's under one's own handle."""

    def tried(of: Known) -> list[tuple[str, str]]:
        addresses = [below.replace("{handle}", one) for one in (of.handle, of.id, of.canary)]
        addresses += [below.replace("{handle}", MINE)] if ids else []
        for name in ids:
            addresses = [re.sub(r"\{\w+\}", name(of), one, count=1) for one in addresses]
        return [(method, one) for method in ("GET", "POST") for one in addresses]

    return tried


def page_read(below: str, *ids: Callable[[Known], str]) -> Tried:
    """A page that is only read."""
    tried = page(below, *ids)
    return lambda of: [one for one in tried(of) if one[0] == "GET"]


def of_the_account(address: str) -> Tried:
    """A page on which somebody ends what is their own."""
    return lambda of: [(method, address + one) for method in ("GET", "POST") for one in (of.id, of.session, of.key)]


def mail_of(of: Known) -> str:
    return f"{of.canary.lower()}@example.com"
