"""The open connections: how many a stranger, an address and a principal may keep, and who makes room for a new one.

Whoever is new gets in, and the one who has been silent longest goes: to refuse the new ones would let silent strangers
shut everybody out, also behind a proxy, where strangers and clients come from one address. A client's connection is a
stranger's only until its first request has brought a credential, which takes as long as the request itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, MutableSequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from operations.networks import network_of
from server.http.limits import Allowance
from server.observing.observations import is_known

CONNECTION = "counterfoil.connection"
"""Where the state of a request's scope holds the `Line` on which it came."""


class Line(Protocol):
    """The connection of a request, for whoever serves the request."""

    def vouch(self, principal: str) -> None:
        """The request has brought a valid credential of this principal."""

    def allow_body(self, seconds: int) -> None:
        """Give the body of the request so long to arrive, from now on."""

    def when_left(self, call: Callable[[], object]) -> None:
        """Call this if the client leaves before the request is answered."""


class Guest(Protocol):
    """One connection."""

    @property
    def is_busy(self) -> bool:
        """Whether a request has arrived whole and is not answered yet."""

    def drop(self) -> None:
        """Close it at once."""


Place = tuple[bool, str]
"""Whose a connection is: a principal's (True), or that of a stranger at an address."""


@dataclass(frozen=True, slots=True)
class Shares:
    """How many connections each of several processes has that accept from one socket, in memory that they share; this
    process writes the number at its own `place` alone.
    """

    counts: MutableSequence[int]
    place: int

    @property
    def others_have_fewer(self) -> bool:
        return self.counts[self.place] > min(self.counts)


@dataclass(slots=True)
class OpenConnections:
    """All connections of this process, by whose they are, each group with those that were silent longest first."""

    allowance: Allowance
    connections_max: int
    shares: Shares = field(default_factory=lambda: Shares([0], 0))
    _places: dict[Guest, Place] = field(default_factory=dict)
    _groups: dict[Place, dict[Guest, None]] = field(default_factory=dict)
    _strangers: int = 0

    def admit(self, guest: Guest, address: str) -> bool:
        """Whether a new connection may stay; others may have been dropped for it."""
        place = (False, network_of(address) or address)
        self._put(guest, place)
        if len(self._groups[place]) > self.allowance.strangers_each:
            self._drop_one_of([self._groups[place]], guest)
        if self._strangers > min(self.allowance.strangers, max(1, self.connections_max // 2)):
            self._drop_one_of(self._of(known=False), guest)
        if len(self._places) > self.connections_max and not self.make_room(guest):
            self.leave(guest)
            return False
        return True

    def vouch(self, guest: Guest, principal: str) -> None:
        """The connection has brought a valid credential of this principal."""
        place = (True, principal)
        if self._places.get(guest, place) == place:
            return
        self._take(guest)
        self._put(guest, place)
        if len(self._groups[place]) > self.allowance.connections_each:
            self._drop_one_of([self._groups[place]], guest)

    def moved(self, guest: Guest) -> None:
        """A request has arrived whole: the connection is the last to have been silent."""
        place = self._places.get(guest)
        if place is not None:
            self._groups[place][guest] = self._groups[place].pop(guest)

    def leave(self, guest: Guest) -> None:
        if guest in self._places:
            self._take(guest)

    def make_room(self, but: Guest | None = None) -> bool:
        """Drop the connection that can best be spared; false where each has a request under way."""
        return self._drop_one_of(self._of(known=False), but) or self._drop_one_of(self._of(known=True), but)

    def count(self) -> tuple[int, int]:
        """How many there are of somebody known, and how many of strangers."""
        return len(self._places) - self._strangers, self._strangers

    def _of(self, *, known: bool) -> list[dict[Guest, None]]:
        return [group for place, group in self._groups.items() if place[0] is known]

    def _drop_one_of(self, groups: Iterable[dict[Guest, None]], but: Guest | None) -> bool:
        """Drop the one longest silent of the largest group in which one has no request under way."""
        for group in sorted(groups, key=len, reverse=True):
            silent = next((one for one in group if one is not but and not one.is_busy), None)
            if silent is not None:
                self._take(silent)
                silent.drop()
                return True
        return False

    def _put(self, guest: Guest, place: Place) -> None:
        self._places[guest] = place
        self.shares.counts[self.shares.place] = len(self._places)
        self._groups.setdefault(place, {})[guest] = None
        self._strangers += not place[0]

    def _take(self, guest: Guest) -> None:
        place = self._places.pop(guest)
        self.shares.counts[self.shares.place] = len(self._places)
        del self._groups[place][guest]
        if not self._groups[place]:
            del self._groups[place]
        self._strangers -= not place[0]


def line_of(scope: Any) -> Line | None:
    """The connection of a request; None where nothing is known of it, as in tests without a server."""
    line: Line | None = scope.get("state", {}).get(CONNECTION)
    return line


def vouch(scope: Any, principal: str) -> None:
    """Say that the request of this scope has brought a valid credential of the principal."""
    is_known()
    if (line := line_of(scope)) is not None:
        line.vouch(principal)
