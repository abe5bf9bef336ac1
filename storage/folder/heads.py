"""Heads: where the chains of an organization's books end at a moment, as they are signed for a place outside of both
books and directory.

Somebody who rewrites both can take the last documents away without a trace. A head that lies elsewhere names a link
that has to be in the chain, whatever comes after it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from pydantic import BaseModel, Field

from storage.directory.anchors import End, Ends, Number
from storage.folder.signing import FROZEN

OrganizationId = Annotated[str, Field(pattern="^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]


class ChainEnd(BaseModel):
    """The last link of a chain: its position, 0 where there is none, and its hash."""

    model_config = FROZEN

    position: Annotated[int, Field(ge=0)]
    hash: Annotated[str, Field(pattern="^([0-9a-f]{64})?$")]


class Head(BaseModel):
    """Where the chains of one organization's books end."""

    model_config = FROZEN

    organization_id: OrganizationId
    handle: Annotated[str, Field(pattern="^[a-z0-9-]{1,100}$")]
    documents: ChainEnd
    entries: ChainEnd

    @property
    def ends(self) -> Ends:
        """The same in the terms of the anchors of the directory, without the numbers."""
        return Ends(End(self.documents.position, self.documents.hash), End(self.entries.position, self.entries.hash))


class SeriesEnd(BaseModel):
    """The highest number of a series and period, and the first one; and what the series is."""

    model_config = FROZEN

    series: Annotated[str, Field(max_length=100)]
    period: Annotated[str, Field(max_length=20)]
    sequence: Annotated[int, Field(ge=1)]
    first: Annotated[int, Field(ge=1)]
    kind: Annotated[str, Field(max_length=40)]
    pattern: Annotated[str, Field(max_length=200)]


class StatedHead(Head):
    """A head that also says which numbers were given out: after a loss they are not to be given out again."""

    numbers: tuple[SeriesEnd, ...] = ()

    @property
    def ends(self) -> Ends:
        """The same in the terms of the anchors of the directory."""
        numbers = (
            Number(one.series, one.period, one.sequence, one.first, one.kind, one.pattern) for one in self.numbers
        )
        return replace(super().ends, numbers=tuple(numbers))


def stated_head_of(organization_id: str, handle: str, ends: Ends) -> StatedHead:
    """The head of an organization's books, of which `ends` has all numbers."""
    numbers = tuple(
        SeriesEnd(
            series=one.series,
            period=one.period,
            sequence=one.sequence,
            first=one.first,
            kind=one.kind,
            pattern=one.pattern,
        )
        for one in ends.numbers
    )
    return StatedHead(**dict(head_of(organization_id, handle, ends)), numbers=numbers)


def head_of(organization_id: str, handle: str, ends: Ends) -> Head:
    """The head of an organization's books."""
    return Head(
        organization_id=organization_id,
        handle=handle,
        documents=ChainEnd(position=ends.documents.position, hash=ends.documents.hash),
        entries=ChainEnd(position=ends.entries.position, hash=ends.entries.hash),
    )
