"""The keys of an installation: whole, private, made once, apart from the data."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from invoicing.refusals import Unavailable
from storage.folder.keys import Keys
from tests.support.stores import open_store


def test_the_file_is_whole_private_and_made_once(tmp_path: Path) -> None:
    keys = Keys(tmp_path / "keys", "one")
    key = keys.key("links")
    assert (len(key), Keys(tmp_path / "keys", "one").key("links")) == (32, key)
    assert (keys.path.stat().st_mode & 0o777, keys.path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [one.name for one in keys.path.parent.iterdir()] == ["one.key"]
    assert keys.path.read_bytes() != key


def test_each_purpose_and_each_installation_has_a_key_of_its_own(tmp_path: Path) -> None:
    one, other = Keys(tmp_path, "one"), Keys(tmp_path, "other")
    assert len({keys.key(purpose) for keys in (one, other) for purpose in ("links", "sealing")}) == 4


def test_those_who_make_the_keys_at_once_have_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: Keys(tmp_path, "one").key("links"), range(8)))
    assert made == {Keys(tmp_path, "one").key("links")}


def test_an_empty_file_is_refused_because_anybody_could_sign_with_it(tmp_path: Path) -> None:
    (tmp_path / "one.key").touch()
    with pytest.raises(Unavailable, match="not a key"):
        Keys(tmp_path, "one").key("links")


async def test_the_keys_lie_apart_from_the_data_and_keep_their_name(tmp_path: Path) -> None:
    async with open_store(tmp_path / "data") as store:
        path, key = store.keys.path, store.keys.key("links")
    async with open_store(tmp_path / "data") as again:
        assert (again.keys.path, again.keys.key("links")) == (path, key)
    assert not path.is_relative_to(tmp_path / "data")
    written = [one.read_bytes() for one in (tmp_path / "data").rglob("*") if one.is_file()]
    assert not any(path.read_bytes() in content for content in written)
