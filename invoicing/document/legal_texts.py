"""What a document says by law of its seller and its terms, as it is frozen with it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StatedParticular:
    """A particular of the seller by its code, in the form in which it was stated: an amount as `10000 EUR`, a flag as
    `true`.
    """

    code: str
    value: str


@dataclass(frozen=True, slots=True)
class LegalText:
    """A text in a language of the law, with its `translation` into English, or into another of the country's languages
    that the document has beside it; empty where it says the same.
    """

    text: str
    translation: str = ""


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a seller must say of itself: the `lines` as they are printed, in `language`, and the values that they are
    made of, for formats that have fields for them.
    """

    language: str
    lines: tuple[LegalText, ...]
    values: tuple[StatedParticular, ...]


@dataclass(frozen=True, slots=True)
class LegalTerm:
    """A sentence that the law wants on this document, by its code. `subject` is the code of such a note in structured
    invoices (EN 16931, BT-21), empty where it has none; `place` says where it is printed, `payment` or `note`.
    """

    code: str
    subject: str
    place: str
    language: str
    text: str
    translation: str = ""
