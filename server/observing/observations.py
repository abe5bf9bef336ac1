"""What is found out of a request while it is answered: under which id it runs, for whom, and why it was turned away.

Whoever finds something out says so here, and what was observed is told at the end. It is no way to the request: nothing
that answers it reads this.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

ID_LENGTH_MAX = 64
# Every secret of ours has an underscore: whoever sends one as the id of a request does not find it in the log.
_SOUND_ID = re.compile(rf"[A-Za-z0-9][A-Za-z0-9.-]{{0,{ID_LENGTH_MAX - 1}}}")


@dataclass(slots=True)
class Observation:
    """One request. `known` says that it has brought a valid credential; `organizations` are the handles of those for
    which it has acted, `reason` is one of a few fixed words on why nobody was signed in.
    """

    request: str
    known: bool = False
    organizations: dict[str, None] = field(default_factory=dict)
    reason: str = ""


_now: ContextVar[Observation | None] = ContextVar("observation", default=None)


def request_id(said: str = "") -> str:
    """The id that a request says it has, where that is one; otherwise a new one."""
    return said if _SOUND_ID.fullmatch(said) else secrets.token_hex(16)


def observed() -> Observation | None:
    """The request that is answered here; None where that is none."""
    return _now.get()


@contextmanager
def observing(observation: Observation) -> Iterator[Observation]:
    """What is done here, and begun from here, belongs to this request."""
    before = _now.set(observation)
    try:
        yield observation
    finally:
        _now.reset(before)


def is_known() -> None:
    """The request has brought a valid credential."""
    if (one := _now.get()) is not None:
        one.known = True


def acts_for(handles: Iterable[str]) -> None:
    """The request acts for the organizations of these handles, which were found for whoever makes it."""
    if (one := _now.get()) is not None:
        one.organizations.update(dict.fromkeys(handles))


def is_nobody(reason: str) -> None:
    """Nobody was signed in by the request, for one of a few fixed reasons."""
    if (one := _now.get()) is not None:
        one.reason = reason
