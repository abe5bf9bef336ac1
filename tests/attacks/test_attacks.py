"""The table of attacks: each fails here, and gets through where its guard is switched off (`make test-guards`)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.attacks.attack import Attack, Scene, scene
from tests.attacks.table import ATTACKS

IN_ONE_SCENE = pytest.mark.asyncio(loop_scope="module")
SOME = ATTACKS[::5]
"""Whose guards are switched off in every run; `make test-guards` does so with all."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def same_scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with scene(tmp_path_factory.mktemp("attacks")) as made:
        yield made


@IN_ONE_SCENE
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
async def test_an_attack_is_turned_away(same_scene: Scene, attack: Attack) -> None:
    assert await attack.attempt(same_scene) == attack.answer


@IN_ONE_SCENE
@pytest.mark.parametrize("attack", SOME, ids=lambda attack: attack.name)
async def test_it_is_the_guard_that_turns_it_away(same_scene: Scene, attack: Attack) -> None:
    assert await attack.unguarded(same_scene) == attack.through
    assert await attack.attempt(same_scene) == attack.answer


def test_each_attack_has_a_name_of_its_own() -> None:
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)
