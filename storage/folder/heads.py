"""Heads: where the chains of an organization's books end at a moment, as they are signed for a place outside of both
books and directory.

Somebody who rewrites both can take the last documents away without a trace. A head that lies elsewhere names a link
that has to be in the chain, whatever comes after it.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from storage.directory.anchors import End, Ends
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


def head_of(organization_id: str, handle: str, ends: Ends) -> Head:
    """The head of an organization's books."""
    return Head(
        organization_id=organization_id,
        handle=handle,
        documents=ChainEnd(position=ends.documents.position, hash=ends.documents.hash),
        entries=ChainEnd(position=ends.entries.position, hash=ends.entries.hash),
    )
