"""Names of columns as they are compared: without case, accents, blanks and punctuation."""

from __future__ import annotations

import unicodedata

from invoicing.text.typed import fold


def bare(text: str) -> str:
    """The letters and digits alone, without case and accents."""
    plain = unicodedata.normalize("NFKD", fold(text))
    return "".join(character for character in plain if character.isalnum())
