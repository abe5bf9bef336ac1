"""What was refused, kept as plain values for a page that another process may draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from invoicing.refusals import Conflict, Refusal
from invoicing.remedies import Remark, remedy_on_record, remedy_record


@dataclass(frozen=True, slots=True)
class KeptRefusal:
    """The remarks of a refusal, each with its remedy as it goes on record, and the field at fault."""

    remarks: tuple[tuple[str, tuple[Any, ...]], ...]
    field: str


class ToldLater(Conflict):
    """A refusal that was kept, with all that there was to say of it."""

    def __init__(self, *remarks: Remark, field: str) -> None:
        super().__init__(" ".join(one.text for one in remarks), field=field)
        self._remarks = remarks

    @property
    def remarks(self) -> tuple[Remark, ...]:
        return self._remarks


def keep_refusal(refusal: Refusal) -> KeptRefusal:
    """The refusal in plain values."""
    return KeptRefusal(
        tuple((one.text, tuple(remedy_record(one.remedy)) if one.remedy else ()) for one in refusal.remarks),
        refusal.field,
    )


def refusal_kept(kept: KeptRefusal) -> Refusal:
    """What was refused, to be told as it was then."""
    return ToldLater(*(Remark(text, remedy_on_record(record)) for text, record in kept.remarks), field=kept.field)
