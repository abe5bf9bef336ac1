"""What an answer tells of another organization: looked for in thousands of answers of a run, and in whole pages."""

from __future__ import annotations

import re
from dataclasses import asdict
from functools import cache

from tests.support.twins import Known


def masked(text: str, known: Known, fresh: re.Pattern[str]) -> str:
    """The text with what is known of the organization replaced by names, and what a call itself makes anew."""
    folded = text.casefold()
    for name, value, small in _longest_first(known):
        # To find that a value is nowhere in a page takes this a fraction of what the pattern takes.
        if small in folded:
            text = re.sub(re.escape(value), f"<{name}>", text, flags=re.IGNORECASE)
            folded = text.casefold()
    return fresh.sub("<fresh>", text)


def assert_nothing_of(other: Known, text: str, where: str, *, sent: str = "") -> None:
    """No canary and no identifier of the other, except what was sent; list positions are common to all."""
    shown, given = text.casefold(), sent.casefold()
    for name, _, small in _longest_first(other):
        if not name.endswith("_cursor") and small not in given:
            assert small not in shown, f"{where}: shows {name} of {other.handle}"


@cache
def _longest_first(known: Known) -> list[tuple[str, str, str]]:
    """The name and the value of all that is known, and the value in small letters."""
    values = sorted(asdict(known).items(), key=lambda field: -len(field[1]))
    return [(name, value, value.casefold()) for name, value in values]
