"""Marks on the fields of a document, which the canonical text, requests and exports go by."""

from __future__ import annotations

from collections.abc import Mapping

LATER: Mapping[str, object] = {"later": True}
"""Marks a field that the first release did not have: it is left out of texts while it has its default."""


def text_of(length_max: int, *, later: bool = True) -> Mapping[str, object]:
    """Marks a field as a text of at most so many characters on one line: it is checked where it is asked for, and a
    draft warns where the PDF could not print it.
    """
    return {"length_max": length_max, **(LATER if later else {})}
