"""Exports as the rows of a page: under way, and of before."""

from __future__ import annotations

from datetime import UTC, datetime

from invoicing.render.formats import Formats
from operations.export_runs import ExportRun
from storage.books.exports import PastExport
from views.base import View

_KIB = 1024


class RunRow(View):
    """An export that was started; `file` is the key of what it has made, empty until then."""

    key: str
    format: str
    of: str
    by: str
    started: str
    standing: str
    over: bool
    done: int
    count: int
    file: str
    file_name: str
    size: str


class PastRow(View):
    """An export of before; one that was `removed` can be made again."""

    key: str
    file_name: str
    made: str
    size: str
    removed: bool


def run_row(run: ExportRun, formats: Formats) -> RunRow:
    asked, stored = run.request, run.made.file if run.made else None
    days = [formats.date(day) if day else "…" for day in (asked.issued_from, asked.issued_to)]
    return RunRow(
        key=run.id,
        format=asked.format,
        of=" – ".join(days) if asked.issued_from or asked.issued_to else "",
        by=run.by,
        started=_moment(run.started_at, formats),
        standing=run.standing.value,
        over=run.standing.is_over,
        done=run.done,
        count=run.made.count if run.made else run.count,
        file=stored.id if stored else "",
        file_name=stored.file_name if stored else "",
        size=size_text(stored.size_bytes) if stored else "",
    )


def past_row(one: PastExport, formats: Formats) -> PastRow:
    return PastRow(
        key=one.file.id,
        file_name=one.file.file_name,
        made=_moment(one.made_at, formats),
        size=size_text(one.file.size_bytes),
        removed=one.removed,
    )


def _moment(moment: datetime, formats: Formats) -> str:
    at = moment.astimezone(UTC)
    return f"{formats.date(at.date())}, {at:%H:%M} UTC"


def size_text(size_bytes: int) -> str:
    """How large a file is, as people say it."""
    if size_bytes < _KIB:
        return f"{size_bytes} B"
    return f"{size_bytes // _KIB} KiB" if size_bytes < _KIB**2 else f"{size_bytes // _KIB**2} MiB"
