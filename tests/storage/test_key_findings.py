"""What `counterfoil doctor` tells of the keys: whether there is one, and whether it opens what was sealed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from operations.identity.codes import begin_codes
from storage.folder.key_findings import key_findings
from storage.folder.store import Store
from tests.support.practice import practice
from tests.support.stores import look, open_store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """A folder whose owner has one-time codes, with keys of its own."""
    async with practice(tmp_path / "data") as one:
        principal, clock = one.principal, one.clock
    async with open_store(tmp_path / "data", keys=tmp_path / "keys") as opened:
        user_id, now = principal.user_id, clock()
        await opened.directory.write(lambda db: begin_codes(db, opened, user_id, now=now))
        yield opened


async def test_a_key_that_opens_what_was_sealed_is_no_finding(store: Store) -> None:
    assert key_findings(look(store.root), store.keys.path.parent) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "is missing: 1 one-time-code secret cannot be read"),
        (b"", "is not a key that can be read"),
        (bytes(32), "is another key than before: 1 one-time-code secret cannot be read"),
    ],
    ids=["lost", "emptied", "exchanged"],
)
async def test_a_key_that_opens_it_no_more_is_named_with_what_it_closes(
    store: Store, content: bytes | None, said: str
) -> None:
    path = store.keys.path
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    (finding,) = key_findings(look(store.root), path.parent)
    assert (finding.severity, f"{path} {said}" in finding.message) == ("error", True)
    assert path.exists() is (content is not None), "looking makes no key"


async def test_a_folder_of_keys_that_is_none_is_named(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (finding,) = key_findings(look(store.root), tmp_path / "file")
    assert "COUNTERFOIL_KEYS names another one" in finding.message


async def test_a_file_that_is_no_key_for_signing_is_named(store: Store) -> None:
    folder = store.keys.path.parent
    spoiled = store.keys.path.with_suffix(".signing")
    spoiled.write_text("{}")
    (finding,) = key_findings(look(store.root), folder)
    assert (finding.severity, f"{spoiled} is not a key for signing" in finding.message) == ("error", True)
