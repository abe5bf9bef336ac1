"""`make test-guards`: switches the guards of each attack off, and fails unless the attack then gets through.

What it proves is that the table is no decoration: each row is red where its guard is missing.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.attacks.attack import Attack, Scene, scene
from tests.attacks.table import ATTACKS
from tests.support.memory import keep_in_memory


def main() -> int:
    """The exit code: 0 where each attack fails with its guards, and gets through without them."""
    keep_in_memory()
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        wrong = asyncio.run(_all(Path(folder)))
    print(f"{len(ATTACKS)} attacks, {wrong} of them not as they should be.")
    return 1 if wrong else 0


async def _all(folder: Path) -> int:
    async with scene(folder) as made:
        return sum([not await _is_guarded(made, attack) for attack in ATTACKS])


async def _is_guarded(made: Scene, attack: Attack) -> bool:
    told: list[str] = []
    for name, attempt, wanted in (
        ("with its guard", attack.attempt, attack.answer),
        ("without", attack.unguarded, attack.through),
    ):
        try:
            answer = await attempt(made)
        except Exception as error:  # Whatever rises, the attack did not do what it was to do.
            answer = repr(error)
        told.append(f"{name} {answer}" + ("" if answer == wanted else f", not {wanted}"))
    is_right = not any(", not " in one for one in told)
    print(f"{'ok ' if is_right else 'NO '} {attack.name}: {'; '.join(told)} [{', '.join(map(str, attack.guards))}]")
    return is_right


if __name__ == "__main__":
    sys.exit(main())
