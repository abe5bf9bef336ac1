"""The classifications of an item as a text: `STI=65434568`, one on each line or with semicolons between."""

from __future__ import annotations

from invoicing.document.parts import SEVERAL_MAX, checked_classification, classification_from
from invoicing.document.references import Classification
from invoicing.refusals import LimitExceeded
from invoicing.text.typed import clean_text


def classifications_of(text: str) -> tuple[Classification, ...]:
    """The classifications that a text names, which was checked when it was kept."""
    return tuple(map(classification_from, text.splitlines()))


def check_classifications(text: str) -> str:
    """The text as it is kept, one on each line.

    Raises:
        InvalidInput: one without scheme or code.
        LimitExceeded: too many.
    """
    lines = clean_text(text, field="classifications", limit=2_000).replace(";", "\n").splitlines()
    found = [
        checked_classification(classification_from(line), field="classifications") for line in lines if line.strip()
    ]
    if len(found) > SEVERAL_MAX:
        raise LimitExceeded(f"classifications: at most {SEVERAL_MAX} are allowed.", field="classifications")
    return "\n".join(one.text for one in found)
