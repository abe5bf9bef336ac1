"""Passwords: hashed by argon2id, a few at a time, and never the ones that are tried first."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import anyio
import anyio.to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from invoicing.refusals import InvalidInput, LimitExceeded
from invoicing.text.codes import small_letters

LENGTH_MIN, LENGTH_MAX = 12, 200
_AT_ONCE, _WAITING_MAX = 2, 32
_COMMON = frozenset(
    """
    123456789012 1234567890123 12345678910 123123123123 111111111111 000000000000 123456123456 112233445566
    987654321098 qwertyuiop12 qwertyuiop123 qwertyuiop[] qwertyqwerty qwerty123456 1q2w3e4r5t6y 1qaz2wsx3edc
    zaq12wsxcde3 asdfghjkl123 asdfghjkl;'# asdfasdfasdf abcdefghijkl abcdef123456 abc123abc123 password1234
    password12345 password123456 passwordpassword password@123 passw0rd1234 p@ssw0rd1234 iloveyou1234 iloveyouiloveyou
    letmeinletmein letmein12345 welcome12345 welcome123456 administrator admin1234567 adminadmin12 adminadminadmin
    changeme1234 changemechangeme secretsecret secret123456 trustno1trustno1 monkeymonkey dragondragon
    footballfootball baseball1234 superman1234 sunshine1234 princess1234 counterfoil1 counterfoil12 counterfoil123
    counterfoil1234 counterfoilcounterfoil correcthorsebatterystaple
    """.split()
)


@dataclass(slots=True)
class _Turns:
    limiter: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(_AT_ONCE))
    wanted: int = 0


@dataclass(frozen=True, slots=True)
class Hashing:
    """How passwords are hashed: how often memory of this size is gone over, and by how many threads. Each takes a
    moment and much memory, so that only a few are under way.
    """

    rounds: int = 3
    memory_kib: int = 65_536
    threads: int = 4
    _turns: _Turns = field(default_factory=_Turns, compare=False)

    async def hash(self, password: str) -> str:
        """The hash that is kept of a password.

        Raises:
            LimitExceeded: too many wait for theirs.
        """
        return str(await self._in_turn(partial(self._hasher.hash, password)))

    async def is_right(self, password: str, hashed: str) -> bool:
        """Whether this is the password; where there is no hash, it takes as long as where there is one.

        Raises:
            LimitExceeded: too many wait for theirs.
        """
        if not hashed:
            await self.hash(password[:LENGTH_MAX])
            return False
        return bool(await self._in_turn(partial(self._verified, password, hashed)))

    def is_outdated(self, hashed: str) -> bool:
        """Whether it was hashed in another way than passwords are now."""
        return self._hasher.check_needs_rehash(hashed)

    @property
    def _hasher(self) -> PasswordHasher:
        return PasswordHasher(time_cost=self.rounds, memory_cost=self.memory_kib, parallelism=self.threads)

    def _verified(self, password: str, hashed: str) -> bool:
        try:
            return len(password) <= LENGTH_MAX and self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _in_turn(self, work: partial[str] | partial[bool]) -> str | bool:
        turns = self._turns
        if turns.wanted >= _AT_ONCE + _WAITING_MAX:
            raise LimitExceeded("Too many people sign in at this moment: try again in a few seconds.")
        turns.wanted += 1
        try:
            return await anyio.to_thread.run_sync(work, limiter=turns.limiter)
        finally:
            turns.wanted -= 1


def check_password(password: str, email: str) -> None:
    """Refuse a password that others would try first.

    Raises:
        InvalidInput: it is too short or too long, among the commonest, or made of the person's address.
    """
    if len(password) < LENGTH_MIN:
        raise InvalidInput(f"The password must have at least {LENGTH_MIN} characters.", field="password")
    if len(password) > LENGTH_MAX:
        raise InvalidInput(f"The password must have at most {LENGTH_MAX} characters.", field="password")
    plain = small_letters(password)
    name = small_letters(email).partition("@")[0]
    of_address = small_letters(email) in plain or (
        len(name) >= 4 and plain.replace(name, "", 1).strip("0123456789!. ") == ""
    )
    if plain in _COMMON or len(set(plain)) < 4 or of_address:
        raise InvalidInput("This password is one that others would try first: choose another.", field="password")
