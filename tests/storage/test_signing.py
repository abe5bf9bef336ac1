"""The key of an installation that signs: whole, private, exchanged without losing what it signed before."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from invoicing.refusals import InvalidInput, KeysUnavailable
from invoicing.remedies import Act
from storage.folder.signing import Signature, SigningKeys, Trusted
from tests.support.clock import NOON

CONTENT = b"what was signed"


def check(signature: Signature, trusted: Trusted, content: bytes = CONTENT, purpose: str = "test") -> None:
    trusted.check(signature, purpose=purpose, content=content, what="It", field="file")


def test_the_key_is_private_made_once_and_signs_the_same_for_all(tmp_path: Path) -> None:
    keys = SigningKeys(tmp_path / "keys", "one")
    assert (keys.is_there(), keys.all()) == (False, ())
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: SigningKeys(tmp_path / "keys", "one").make(NOON), range(8)))
    assert made == {keys.all()[-1]}
    assert (keys.path.stat().st_mode & 0o777, keys.path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [one.name for one in keys.path.parent.iterdir()] == ["one.signing"]
    check(keys.sign(CONTENT, purpose="test", now=NOON), keys.trusted())


def test_what_was_changed_or_is_for_another_purpose_or_by_a_stranger_does_not_count(tmp_path: Path) -> None:
    keys, strange = SigningKeys(tmp_path, "one"), SigningKeys(tmp_path, "other")
    signature = keys.sign(CONTENT, purpose="test", now=NOON)
    for content, purpose in ((CONTENT + b".", "test"), (CONTENT, "another")):
        with pytest.raises(InvalidInput, match="was changed"):
            check(signature, keys.trusted(), content, purpose)
    with pytest.raises(InvalidInput, match=f"{signature.key_id}, which is not known here") as refused:
        check(signature, strange.trusted())
    assert refused.value.remedy is Act.NAME_SIGNER
    check(signature, strange.trusted(f" {signature.key_id.upper()} "))
    # Whoever changes the content and signs it anew is another.
    with pytest.raises(InvalidInput, match="not known here"):
        check(strange.sign(CONTENT, purpose="test", now=NOON), keys.trusted(signature.key_id))
    with pytest.raises(InvalidInput, match="32 digits"):
        keys.trusted("mine")


def test_an_exchanged_key_signs_nothing_more_and_what_it_signed_counts_unless_it_is_forgotten(tmp_path: Path) -> None:
    keys = SigningKeys(tmp_path, "one")
    before = keys.sign(CONTENT, purpose="test", now=NOON)
    private = json.loads(keys.path.read_text())["private_key"]
    made = keys.exchange(NOON + timedelta(days=1))
    assert [one.exchanged_at for one in keys.all()] == [NOON + timedelta(days=1), None]
    assert private not in keys.path.read_text()
    after = keys.sign(CONTENT, purpose="test", now=NOON)
    assert (after.key_id, after.key_id == before.key_id) == (made.key_id, False)
    check(before, keys.trusted())
    check(after, keys.trusted())
    keys.exchange(NOON, forget=True)
    assert len(keys.all()) == 1
    with pytest.raises(InvalidInput, match="not known here"):
        check(before, keys.trusted())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "",
        lambda text: "{}",
        lambda text: text.replace("ed25519", "rsa").replace("counterfoil-signing-1", "counterfoil-signing-9"),
        lambda text: json.dumps({**json.loads(text), "private_key": "00" * 32}),
    ],
    ids=["empty", "another file", "a later form", "halves of two keys"],
)
def test_a_file_that_is_no_key_is_refused_and_none_is_made_in_its_place(
    tmp_path: Path, spoil: Callable[[str], str]
) -> None:
    keys = SigningKeys(tmp_path, "one")
    keys.make(NOON)
    keys.path.write_text(spoiled := spoil(keys.path.read_text()))
    with pytest.raises(KeysUnavailable, match="not a key for signing"):
        keys.sign(CONTENT, purpose="test", now=NOON)
    with pytest.raises(KeysUnavailable):
        keys.exchange(NOON)
    assert keys.path.read_text() == spoiled


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KeysUnavailable, match="COUNTERFOIL_KEYS names another one"):
        SigningKeys(tmp_path / "file", "one").make(NOON)
