"""What is said about a document before it is issued: a sentence, and a code by which it is acknowledged."""

from __future__ import annotations

from dataclasses import dataclass

from invoicing.remedies import Remedy


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning. `code` names its kind and stays the same from release to release; `text` says what is the matter in
    this document, and `remedy` what mends it.
    """

    code: str
    text: str
    remedy: Remedy | None = None
