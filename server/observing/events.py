"""What happened, as one event each: a call of a method or a tool, and an HTTP request that was answered.

Whoever wants to hear of them has a handler on `EVENTS`; where there is none, none is made.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

EVENTS = logging.getLogger("counterfoil.events")
EVENTS.propagate = False
EVENTS.addHandler(logging.NullHandler())

_ORGANIZATIONS_MAX = 20
"""So many handles stand in one line; a call may be for thousands of clients."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A message to an MCP server was answered. `tool` is empty where it called none that there is; `outcome` is `ok`,
    `asked`, `failed`, `cancelled` or the code of a refusal.
    """

    method: str
    tool: str
    outcome: str
    seconds: float
    request: str
    organizations: tuple[str, ...] = ()

    @property
    def stranger(self) -> tuple[object, ...]:
        """Nobody comes so far without a credential."""
        return ()

    def shown(self) -> dict[str, Any]:
        """Its fields, in the order in which a line has them."""
        return {
            "event": "call",
            "request": self.request,
            **_of(self.organizations),
            "method": self.method,
            **({"tool": self.tool} if self.tool else {}),
            "outcome": self.outcome,
            "seconds": round(self.seconds, 6),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An HTTP request was answered. `route` is the pattern that its path fits, never the path; `status` is 0 where its
    client left before there was one.
    """

    http_method: str
    route: str
    status: int
    seconds: float
    request: str
    organizations: tuple[str, ...] = ()
    known: bool = False
    reason: str = ""

    @property
    def stranger(self) -> tuple[object, ...]:
        """What requests of strangers have in common that are one kind; empty for those of somebody known."""
        return () if self.known else (self.route, self.status, self.reason)

    def shown(self) -> dict[str, Any]:
        """Its fields, in the order in which a line has them."""
        return {
            "event": "request",
            "request": self.request,
            **_of(self.organizations),
            "http_method": self.http_method,
            "route": self.route,
            "status": self.status,
            **({"reason": self.reason} if self.reason else {}),
            "seconds": round(self.seconds, 6),
        }


Event = Called | Answered


def tell(event: Event) -> None:
    """Tell whoever listens."""
    EVENTS.info(type(event).__name__, extra={"happened": event})


def is_heard() -> bool:
    """Whether anybody listens."""
    return EVENTS.isEnabledFor(logging.INFO)


def event_of(record: logging.LogRecord) -> Event | None:
    """What a record of `EVENTS` tells; None for every other record."""
    happened = getattr(record, "happened", None)
    return happened if isinstance(happened, Called | Answered) else None


def _of(handles: tuple[str, ...]) -> dict[str, Any]:
    match handles:
        case ():
            return {}
        case (only,):
            return {"organization": only}
        case _:
            return {"organizations": list(handles[:_ORGANIZATIONS_MAX]), "organizations_in_all": len(handles)}
