"""The colour of an organization's documents, as it is written."""

from __future__ import annotations

import re

from invoicing.refusals import InvalidInput

_COLOR = re.compile(r"#?([0-9A-Fa-f]{6})", re.ASCII)


def check_color(text: str) -> str:
    """The colour in the form `#RRGGBB`.

    Raises:
        InvalidInput: it is not six hexadecimal digits.
    """
    found = _COLOR.fullmatch(text.strip())
    if found is None:
        raise InvalidInput("brand_color must be six hexadecimal digits, such as #1F3A5F.", field="brand_color")
    return f"#{found[1].upper()}"
