"""Keeping anchors: what every change of books adds to their chains is in the directory a moment later.

Anchors of several organizations are written in one transaction of the directory, within half a second of the changes
that they anchor. What lies in between is lost unnoticed only where the machine stops in that moment and the books are
cut as well. (To wait for the directory before each answer would cost a tenth to a half of issuing, as quick as the
disk is: decision 0028.)
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from invoicing.refusals import Unavailable
from storage.database import Database, Mode
from storage.directory import anchors
from storage.directory.anchors import Ends, LostBooks, NoAnchor, Number
from storage.directory.database import Directory
from storage.faults.errors import StorageFault
from storage.faults.kinds import Fault
from storage.work.later import Later

_log = logging.getLogger(__name__)

ANCHORED_WITHIN_MS = 500

ReadEnds = Callable[[str], Awaitable[Ends]]


class Anchoring:
    """The anchors of one data folder, while it is open."""

    def __init__(self, directory: Directory, read_ends: ReadEnds) -> None:
        """`read_ends` reads where the chains of an organization's books end."""
        self._directory = directory
        self._read_ends = read_ends
        self._ends: dict[str, Ends] = {}
        self._on_the_way: dict[str, Ends] = {}
        self._unsure: set[str] = set()
        self._later = Later(self._write, milliseconds=ANCHORED_WITHIN_MS)

    async def compare(self, organization_id: str, database: Database) -> Ends:
        """Compare books that are being opened with their anchor, and answer how far they are anchored.

        Raises:
            LostBooks: the books have lost something of what was there before.
        """
        anchor = await self._directory.read(lambda db: anchors.anchor_of(db, organization_id))
        match anchor:
            case NoAnchor.LOST:
                raise LostBooks("the directory has lost the anchor of these books")
            case NoAnchor.NOT_YET:
                lost, ends = "", await database.run(Mode.READ, anchors.ends_of_books)
            case Ends():
                after = anchor.documents.position
                lost, ends = await database.run(
                    Mode.READ, lambda db: (anchors.loss_of_books(db, anchor), anchors.ends_of_books(db, after=after))
                )
        if lost:
            raise LostBooks(f"the books of organization {organization_id} have lost something: {lost}")
        if not isinstance(anchor, Ends) or ends.entries.position > anchor.entries.position:
            # Whoever wrote last was ended before the anchor followed.
            self.note(organization_id, ends)
        return ends

    async def known(self, organization_id: str) -> Ends | NoAnchor:
        """What the directory knows of the organization's chains."""
        return await self._directory.read(lambda db: anchors.anchor_of(db, organization_id))

    def note(self, organization_id: str, ends: Ends) -> None:
        """Anchor what a transaction has kept."""
        before = self._ends.get(organization_id)
        if before is not None:
            further = ends if ends.entries.position >= before.entries.position else before
            ends = replace(further, numbers=anchors.highest((*before.numbers, *ends.numbers)))
        self._ends[organization_id] = ends
        self._later.soon()

    def entries_noted(self) -> Mapping[str, int]:
        """The position of the last entry that was noted and is not anchored yet, by organization."""
        return {one: noted.entries.position for one, noted in (self._on_the_way | self._ends).items()}

    def note_unsure(self, organization_id: str) -> None:
        """Anchor whatever is there: whoever changed it was cancelled, or lost the server's answer, and cannot say."""
        self._unsure.add(organization_id)
        self._later.soon()

    def forget(self, organization_id: str) -> None:
        """Anchor nothing of books that are about to be removed."""
        self._ends.pop(organization_id, None)
        self._unsure.discard(organization_id)

    async def numbers(self, organization_id: str) -> tuple[Number, ...]:
        """The numbers that the directory knows, also where the anchor is lost."""
        return await self._directory.read(lambda db: anchors.anchored_numbers(db, organization_id))

    async def accept(self, organization_id: str, ends: Ends, *, known: Ends | NoAnchor) -> None:
        """Let the anchor follow books that somebody answers for; `known` is what it was when that began.

        Raises:
            Conflict: somebody has moved it meanwhile.
        """
        self._ends.pop(organization_id, None)
        await self._directory.write(lambda db: anchors.set_anchor(db, organization_id, ends, known=known))

    async def close(self) -> None:
        """Write what is not written yet."""
        try:
            await self._later.close()
        except Unavailable:
            _log.exception("the last anchors could not be written")

    async def _write(self) -> None:
        await self._be_sure()
        self._on_the_way = ends = self._ends
        self._ends = {}
        try:
            await self._directory.write(lambda db: anchors.move_forward(db, ends))
        except BaseException:
            for organization_id, one in ends.items():
                self.note(organization_id, one)
            raise
        finally:
            self._on_the_way = {}

    async def _be_sure(self) -> None:
        while self._unsure:
            organization_id = self._unsure.pop()
            try:
                self.note(organization_id, await self._read_ends(organization_id))
            except Unavailable as error:
                if isinstance(error, StorageFault) and error.fault is Fault.UNREACHABLE:
                    self._unsure.add(organization_id)
                    raise
                # They are compared with the anchor there is when they are opened again.
                _log.warning("books could not be anchored: %s", error)
