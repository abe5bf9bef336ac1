"""Limits per principal, so that one cannot starve the others: requests a second, and requests under way."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

BODY_BYTES_MAX = 1_048_576
_PRINCIPALS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """`burst` requests at once, `per_second` on average, and at most `at_once` under way, of which `asking` may wait
    for the client's answer, so that there is room for the answers; how long the body of a request may take to arrive,
    the whole request, and in addition all the answers that it waits for.
    """

    per_second: int = 50
    burst: int = 200
    at_once: int = 16
    asking: int = 8
    body_seconds: int = 30
    request_seconds: int = 300
    answer_seconds: int = 600


@dataclass(slots=True)
class _Account:
    # In thousandths of a request, so that no fraction is lost and no float is needed.
    balance: int
    refilled_ms: int
    under_way: int = 0


@dataclass(slots=True)
class Limiter:
    """Keeps an account for each principal; those long unused are forgotten.

    `milliseconds` answers a monotonic time.
    """

    allowance: Allowance
    milliseconds: Callable[[], int]
    _accounts: OrderedDict[str, _Account] = field(default_factory=OrderedDict)

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
        return 0

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
