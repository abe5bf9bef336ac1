"""Countries in sentences of ours: by their English names, with their codes, which not everybody knows."""

from __future__ import annotations

import re
from functools import cache

from babel import Locale

_WITH_ARTICLE = re.compile(
    r"\b(Bahamas|Comoros|Emirates|Gambia|Islands|Isle|Kingdom|Maldives|Netherlands|Philippines|Republic|States|"
    r"Territories)\b"
)


@cache
def country_named(code: str) -> str:
    """`Greece (GR)` and `the Netherlands (NL)`; the code alone where no country is known that has it."""
    name = Locale("en").territories.get(code)
    if name is None:
        return code
    return f"{'the ' if _WITH_ARTICLE.search(name) else ''}{name} ({code})"
