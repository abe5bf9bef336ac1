"""Documents of a former system that were taken over: by what they are known among those that were issued here."""

from __future__ import annotations

FORMER_PREFIX = "fmr"
FORMER = "former"
"""The status by which a list is limited to them."""


def is_former(document_id: str) -> bool:
    """Whether an id is that of a document of a former system."""
    return document_id.startswith(f"{FORMER_PREFIX}_")
