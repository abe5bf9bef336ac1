"""A member of a closed set, as people and models name it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TypeVar

from invoicing.refusals import InvalidInput
from invoicing.text.codes import small_letters

Choice = TypeVar("Choice", bound=StrEnum)


def choice_of(
    kind: type[Choice], text: str, *, field: str, among: Sequence[Choice] = (), others: Sequence[str] = ()
) -> Choice:
    """The member that a text names, in any letter case: of `among` where only some are meant. `others` can be named in
    the same place, and are told with them.

    Raises:
        InvalidInput: none of them, naming all.
    """
    members = among or tuple(kind)
    wanted = small_letters(text)
    for member in members:
        if member.value == wanted:
            return member
    known = [*(member.value for member in members), *others]
    raise InvalidInput(f"{field} must be one of: {', '.join(known)}.", field=field, candidates=known)
