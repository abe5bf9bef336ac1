"""How much work and how many files there may be at once, and of one organization: settings, with sane defaults."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Limits:
    """How much long work is under way at once, in all and of one organization (`each`), and how much of one
    organization waits. With `processes` at 0 a thread computes what processes otherwise do; `memory_mib` is what one
    process may take.

    `exports_a_day` and `export_mib_a_day` are how many files, and how large in all, one organization's exports make
    anew in a day (UTC); one that was last asked for `exports_kept_days` ago is removed. Of the open sets of books,
    `books_awake` keep connections ready, with what these remember; the others keep their file open. Of each log of what
    was done the newest `activity_rows` are kept, and none that is older than `activity_days`.
    """

    processes: int = 0
    renderings: int = 3
    renderings_each: int = 1
    exports: int = 2
    exports_each: int = 1
    reads: int = 8
    reads_each: int = 2
    waiting: int = 100
    memory_mib: int = 1_024
    exports_a_day: int = 100
    export_mib_a_day: int = 500
    exports_kept_days: int = 30
    books_awake: int = 48
    activity_rows: int = 20_000
    activity_days: int = 400

    def shared_by(self, servers: int) -> Limits:
        """Those of each of so many server processes on one machine: its cores compute for all of them."""
        if servers == 1 or not self.processes:
            return self
        processes, renderings = -(-self.processes // servers), -(-self.renderings // servers)
        each = min(self.renderings_each, renderings)
        return replace(self, processes=processes, renderings=renderings, renderings_each=each)
