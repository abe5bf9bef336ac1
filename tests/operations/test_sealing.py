"""Sealed secrets: bound to their purpose and row, and to a key that is not with the data."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from operations.identity.sealing import Unsealable, seal, unseal
from storage.folder.store import Store
from tests.support.begun import begin_folder
from tests.support.stores import open_store

SECRET = b"what one-time codes are made from"


@pytest_asyncio.fixture
async def store(tmp_path: Path, own_keys: Path) -> AsyncIterator[Store]:
    async with open_store(begin_folder(tmp_path / "data")) as opened:
        yield opened


async def test_a_sealed_secret_opens_for_its_purpose_in_its_row_alone(store: Store) -> None:
    sealed = seal(store, SECRET, purpose="codes", row="otc_1")
    assert unseal(store, sealed, purpose="codes", row="otc_1") == SECRET
    assert SECRET.decode() not in sealed
    assert seal(store, SECRET, purpose="codes", row="otc_1") != sealed
    for purpose, row in (("codes", "otc_2"), ("provider", "otc_1")):
        with pytest.raises(Unsealable, match="changed or moved"):
            unseal(store, sealed, purpose=purpose, row=row)


@pytest.mark.parametrize("altered", ["", "A", "not base64!", "AAAA"])
async def test_a_changed_secret_is_refused(store: Store, altered: str) -> None:
    mark = seal(store, SECRET, purpose="codes", row="otc_1").partition(".")[0]
    with pytest.raises(Unsealable, match="changed or moved"):
        unseal(store, f"{mark}.{altered}", purpose="codes", row="otc_1")


async def test_a_key_that_is_lost_or_anothers_is_told_with_what_it_means(store: Store) -> None:
    sealed = seal(store, SECRET, purpose="codes", row="otc_1")
    store.keys.path.unlink()
    async with open_store(store.root) as again:
        with pytest.raises(Unsealable, match=r"another key than that in .*set up anew") as refused:
            unseal(again, sealed, purpose="codes", row="otc_1")
        # Whoever is told elsewhere than on this machine learns nothing of where it lies.
        assert refused.value.message.startswith("One-time codes and other sealed secrets cannot be read")
        assert str(again.keys.path.parent) not in refused.value.message
