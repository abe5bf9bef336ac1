"""The history of the configuration as whoever asks may read it: an organization out of their reach is not named."""

from __future__ import annotations

from dataclasses import replace

from operations.access import Office
from operations.organizations import names_told
from storage.books.audit import Recorded
from storage.paging import Page

_SOURCE = "source"


async def history_told(office: Office, page: Page[Recorded]) -> Page[Recorded]:
    """The page, with the organization that something was copied or pushed from only where whoever asks reaches it."""
    told = await names_told(office, {str(one.detail[_SOURCE]) for one in page.items if _SOURCE in one.detail})

    def as_told(one: Recorded) -> Recorded:
        if _SOURCE not in one.detail:
            return one
        return replace(one, detail={**one.detail, _SOURCE: told[str(one.detail[_SOURCE])]})

    return page.map(as_told)
