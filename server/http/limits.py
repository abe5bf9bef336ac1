"""Limits at the door, so that one cannot starve the others: requests a second, under way, and files under way."""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

BODY_BYTES_MAX = 1_048_576
_PRINCIPALS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the door lets anybody have. `server/settings.py` reads it, and docs/operations.md explains each value.

    Of each principal: `burst` requests at once, `per_second` on average, and at most `at_once` under way, of which
    `asking` may wait for the client's answer, so that there is room for the answers; `downloads_each` files being sent,
    `uploads_each` files coming in, and `connections_each` connections kept open. In all: `downloads`, `uploads`,
    `connections` (0: as many as there are files for), and `strangers`, who have not brought a credential yet, of one
    address `strangers_each`.

    Of each address: `programs_per_second` client programs that register, or that ask a person for a connection, on
    average, and `programs_burst` at once.

    How long the head of a request may take to arrive, its body, or where that is a file `upload_seconds`, the whole
    request, and in addition all the answers that it waits for; how long a connection is kept between requests, how long
    a reader may take nothing of an answer, and the bytes a second that are the least over a whole answer.
    """

    per_second: int = 50
    burst: int = 200
    at_once: int = 16
    asking: int = 8
    body_bytes: int = BODY_BYTES_MAX
    head_seconds: int = 10
    body_seconds: int = 30
    request_seconds: int = 300
    answer_seconds: int = 600
    idle_seconds: int = 60
    send_seconds: int = 30
    send_bytes_per_second: int = 4_096
    downloads: int = 64
    downloads_each: int = 8
    uploads: int = 16
    uploads_each: int = 4
    upload_seconds: int = 600
    connections: int = 0
    connections_each: int = 64
    strangers: int = 256
    strangers_each: int = 64
    programs_per_second: int = 2
    programs_burst: int = 60
    stop_seconds: int = 20
    log_lines: int = 10


@dataclass(slots=True)
class _Account:
    # In thousandths of a request, so that no fraction is lost and no float is needed.
    balance: int
    refilled_ms: int
    under_way: int = 0
    spent: int = 0
    told: int = 0


@dataclass(frozen=True, slots=True)
class Spent:
    """How many requests a principal has made of this process, as was told `before` and in all."""

    principal: str
    before: int
    total: int


def monotonic_milliseconds() -> int:
    """A time that only goes forward."""
    return time.monotonic_ns() // 1_000_000


@dataclass(slots=True)
class Limiter:
    """Keeps an account for each principal; those long unused are forgotten.

    `milliseconds` answers a monotonic time. `wake` is called when a principal has made so many requests that other
    processes should know of them (`server/http/shared_limits.py`).
    """

    allowance: Allowance
    milliseconds: Callable[[], int] = monotonic_milliseconds
    wake: Callable[[], object] = lambda: None
    _accounts: OrderedDict[str, _Account] = field(default_factory=OrderedDict)
    _untold: dict[str, None] = field(default_factory=dict)

    def enter(self, principal: str) -> int:
        """Count a request in. 0 where it may go on; otherwise after how many seconds to try again."""
        account = self._account(principal)
        if account.under_way >= self.allowance.at_once:
            return 1
        if account.balance < 1_000:
            missing = 1_000 - account.balance
            return max(1, -(-missing // (self.allowance.per_second * 1_000)))
        account.balance -= 1_000
        account.under_way += 1
        account.spent += 1
        if account.spent - account.told >= self.worth_telling:
            self._untold[principal] = None
            self.wake()
        return 0

    @property
    def worth_telling(self) -> int:
        """From how many requests on other processes should know of them: a tenth of what may come at once."""
        return max(1, self.allowance.burst // 10)

    @property
    def has_untold(self) -> bool:
        """Whether other processes should know of somebody."""
        return bool(self._untold)

    def untold(self, most: int) -> list[Spent]:
        """Of whom other processes should know, as many as `most`; they count as told."""
        told = []
        for principal in list(self._untold)[:most]:
            del self._untold[principal]
            account = self._accounts.get(principal)
            if account is not None:
                told.append(Spent(principal, account.told, account.spent))
                account.told = account.spent
        return told

    def charge(self, principal: str, requests: int) -> None:
        """So many requests were made of other processes. Nobody owes more than what may come at once."""
        if principal in self._accounts:
            account = self._account(principal)
            account.balance = max(account.balance - requests * 1_000, -self.allowance.burst * 1_000)

    def leave(self, principal: str) -> None:
        """Count a request out that was let in."""
        account = self._accounts.get(principal)
        if account is not None and account.under_way:
            account.under_way -= 1

    def _account(self, principal: str) -> _Account:
        now = self.milliseconds()
        account = self._accounts.get(principal)
        if account is None:
            self._forget_unused()
            account = _Account(self.allowance.burst * 1_000, now)
            self._accounts[principal] = account
        earned = (now - account.refilled_ms) * self.allowance.per_second
        account.balance = min(account.balance + earned, self.allowance.burst * 1_000)
        account.refilled_ms = now
        self._accounts.move_to_end(principal)
        return account

    def _forget_unused(self) -> None:
        while len(self._accounts) >= _PRINCIPALS_MAX:
            idle = next((key for key, account in self._accounts.items() if not account.under_way), None)
            if idle is None:
                return
            del self._accounts[idle]


class Transfers:
    """Counts the files that are under way, in one direction: whoever is slow holds one open until the time is over."""

    def __init__(self, at_once: int, each: int) -> None:
        self._at_once = at_once
        self._each = each
        self._of: Counter[str] = Counter()

    @contextmanager
    def turn(self, principal: str) -> Iterator[bool]:
        """Whether one more of this principal may be under way, for as long as it takes."""
        admitted = self._of[principal] < self._each and self._of.total() < self._at_once
        self._of[principal] += admitted
        try:
            yield admitted
        finally:
            self._of[principal] -= admitted
            if not self._of[principal]:
                del self._of[principal]
