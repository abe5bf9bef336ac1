"""Limits of long work and of exports, as the environment sets them; docs/operations.md explains each variable."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from invoicing.refusals import InvalidInput
from storage.work.limits import Limits


def limits_of(environment: Mapping[str, str]) -> Limits:
    """The limits of long work and of exports. A process more than there are cores, since some of them wait."""
    workers = _number(environment, "COUNTERFOIL_WORKERS", min((os.cpu_count() or 1) + 1, 8), most=64)
    usual = Limits()
    return Limits(
        processes=workers,
        renderings=workers,
        renderings_each=_number(environment, "COUNTERFOIL_WORKERS_EACH", max(1, workers // 3), most=64),
        exports=_number(environment, "COUNTERFOIL_EXPORTS_AT_ONCE", usual.exports, most=64),
        exports_each=_number(environment, "COUNTERFOIL_EXPORTS_AT_ONCE_EACH", usual.exports_each, most=64),
        reads=_number(environment, "COUNTERFOIL_READS_AT_ONCE", usual.reads, most=256),
        reads_each=_number(environment, "COUNTERFOIL_READS_AT_ONCE_EACH", usual.reads_each, most=256),
        waiting=_number(environment, "COUNTERFOIL_WAITING_EACH", usual.waiting, most=10_000),
        memory_mib=_number(environment, "COUNTERFOIL_WORKER_MIB", usual.memory_mib, least=512, most=65_536),
        exports_a_day=_number(environment, "COUNTERFOIL_EXPORTS_A_DAY", usual.exports_a_day, most=1_000_000),
        export_mib_a_day=_number(environment, "COUNTERFOIL_EXPORT_MIB_A_DAY", usual.export_mib_a_day, most=1_000_000),
        exports_kept_days=_number(environment, "COUNTERFOIL_EXPORTS_KEPT_DAYS", usual.exports_kept_days, most=36_500),
        books_awake=_number(environment, "COUNTERFOIL_BOOKS_AWAKE", usual.books_awake, most=1_024),
        activity_rows=_number(environment, "COUNTERFOIL_ACTIVITY_ROWS", usual.activity_rows, most=10_000_000),
        activity_days=_number(environment, "COUNTERFOIL_ACTIVITY_DAYS", usual.activity_days, most=36_500),
    )


def _number(environment: Mapping[str, str], name: str, usual: int, *, most: int, least: int = 1) -> int:
    text = environment.get(name, "").strip()
    if not text:
        return usual
    number = whole_number(text, least=least, most=most)
    if number is None:
        raise InvalidInput(f"{name} must be a whole number from {least} to {most}.", field=name.lower())
    return number


def whole_number(text: str, *, least: int, most: int) -> int | None:
    """The whole number that a variable's text says; None where it is none, or out of bounds."""
    number = int(text) if re.fullmatch(r"[0-9]{1,12}", text.strip()) else -1
    return number if least <= number <= most else None
