"""`--files-url` and `counterfoil move-files`: an installation's files in a bucket, from the command line."""

from __future__ import annotations

import errno
import hashlib
from functools import partial
from itertools import count
from pathlib import Path
from pkgutil import resolve_name
from typing import Any
from uuid import uuid4

import anyio
import pytest

from invoicing.refusals import Conflict, Unavailable
from operations.files import render_document
from storage.faults.errors import StorageFault
from storage.faults.kinds import Fault
from storage.files.in_bucket import FilesInBucket
from storage.files.kept import FileName, Room
from storage.files.objects import PIECE_BYTES, Objects
from storage.folder.bucket import SEAL, claim
from storage.folder.home import forget_files_home, name_files_home
from storage.folder.moving_files import move_into_folder
from tests.server.test_cli_branding import run
from tests.support import stores
from tests.support.buckets import needs_object_store, new_bucket, objects
from tests.support.leaving import Killed
from tests.support.practice import practice
from tests.support.printed import image

__all__ = ["objects"]


@needs_object_store
def test_files_move_into_a_bucket_which_every_command_then_needs(
    objects: Objects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def begin() -> tuple[str, str]:
        async with practice(tmp_path / "data", client="Harbour Bakery") as one:
            books = one.books(one.first_client)
            issued = await one.issue(books, (await one.customer(books)).id)
            made = await render_document(books, issued.document.number, file_format="pdf")
            return one.first_client.handle, f"organizations/{one.first_client.id}/{made.file.path}"

    handle, path = anyio.run(begin)
    root, url = tmp_path / "data", str(objects.bucket)
    data, there = ("--data", str(root)), ("--files-url", url)
    for name, value in stores.environment(root).items():
        monkeypatch.setenv(name, value)
    # What is damaged is left behind, and named.
    (root / path).with_name("INV-9-0123456789ab.pdf").write_bytes(b"%PDF other bytes")
    content = (root / path).read_bytes()
    # A bucket that nobody has moved to is none of theirs.
    assert run(monkeypatch, "verify", *data, *there) == 1
    assert "move them there first" in capsys.readouterr().err
    assert run(monkeypatch, "move-files", url, *data) == 0
    told = capsys.readouterr().out
    assert f"Moved 1 file to {url}" in told
    assert "Not moved, because it is damaged: organizations/" in told
    found = objects.read(path)
    assert found is not None
    assert b"".join(found) == content
    assert not (root / path).exists()
    (aside,) = (root / "set-aside").glob(f"*/{Path(path).parts[1]}/documents/{Path(path).name}")
    assert aside.read_bytes() == content
    for again in (url, str(new_bucket())):
        assert run(monkeypatch, "move-files", again, *data) == 1
        assert f"are in {url} already" in capsys.readouterr().err
    # Without the URL, or with another one, nothing starts.
    for wrong, said in (((), "name that as the files URL"), (("--files-url", str(new_bucket())), "and not in")):
        assert run(monkeypatch, "verify", *data, *wrong) == 1
        assert said in capsys.readouterr().err
        assert run(monkeypatch, "doctor", *data, *wrong) == 1
        assert said in capsys.readouterr().out
    monkeypatch.setenv("COUNTERFOIL_FILES_URL", url)
    logo = tmp_path / "logo.png"
    logo.write_bytes(image())
    assert run(monkeypatch, "logo", "set", *data, "--organization", handle, str(logo)) == 0
    assert run(monkeypatch, "verify", *data) == 0
    assert run(monkeypatch, "doctor", *data) == 0
    assert "Everything is in order." in capsys.readouterr().out
    assert len([name for some in objects.below("organizations") for name in some]) == 2
    assert run(monkeypatch, "backup", str(tmp_path / "backup"), *data) == 0
    assert (tmp_path / "backup" / path).read_bytes() == content
    # One organization's files come back into the bucket, and a whole backup's into a folder.
    objects.remove(path)
    restoring = ("restore", str(tmp_path / "backup"))
    assert run(monkeypatch, *restoring, *data, "--organization", handle, "--reason", "a file was lost") == 0
    assert run(monkeypatch, "verify", *data) == 0
    assert run(monkeypatch, *restoring, "--data", str(tmp_path / "again")) == 1
    assert "move them into a bucket then" in capsys.readouterr().err
    # Of a client that is removed nothing is left in the bucket, nor of what was set aside.
    file = tmp_path / "bakery.zip"
    assert run(monkeypatch, "remove", handle, str(file), "--confirm", handle, *data) == 0
    assert "Nothing of it is left here but that it was removed." in capsys.readouterr().out
    assert not list(objects.below("organizations"))
    assert not [found for found in root.rglob("*") if Path(path).parts[1] in str(found)]
    # A key that does not fit is told of, and not the key.
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "guessed-4711")
    assert run(monkeypatch, "doctor", *data) == 1
    told = capsys.readouterr().out
    assert "error: files: " in told
    assert "did not let Counterfoil in" in told
    assert run(monkeypatch, "verify", *data) == 1
    told += capsys.readouterr().err
    assert not any(word in told for word in ("4711", "127.0.0.1", "http"))


@needs_object_store
def test_moving_files_goes_on_with_the_same_command_wherever_it_was_interrupted(
    objects: Objects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root, url = tmp_path / "data", str(objects.bucket)
    content = anyio.run(_two_clients_with_files, root)
    assert len(content) == 4
    data = ("--data", str(root))
    for name, value in stores.environment(root).items():
        monkeypatch.setenv(name, value)
    for step, nth in (
        ("storage.folder.moving_files.claim", 1),
        ("storage.files.in_bucket.FilesInBucket.send", 2),
        ("storage.files.in_bucket.ObjectsOfOne.take_over", 3),
        ("storage.folder.moving_files.name_files_home", 1),
        ("storage.folder.moving_files._set_aside", 1),
        ("shutil.move", 2),
        ("storage.folder.moving_files._set_aside", 3),
    ):
        with monkeypatch.context() as patch:
            killed_at(patch, step, nth)
            with pytest.raises(Killed):
                run(monkeypatch, "move-files", url, *data)
        # Nothing is removed, wherever it lies.
        found = {path.name: path.read_bytes() for path in root.rglob("*.p*")}
        assert found == {Path(path).name: one for path, one in content.items()}
    capsys.readouterr()
    assert run(monkeypatch, "move-files", url, *data) == 0
    assert "set aside" in capsys.readouterr().out
    assert not list(root.glob("organizations/*/*/*.p*"))
    for path, one in content.items():
        there = objects.read(path)
        assert there is not None
        assert b"".join(there) == one
    assert run(monkeypatch, "verify", *data, "--files-url", url) == 0
    # A bucket that was emptied meanwhile is not taken for the one that has them.
    (root / "organizations" / Path(path).parts[1] / "documents").mkdir()
    objects.remove(SEAL)
    assert run(monkeypatch, "move-files", url, *data) == 1
    assert "it was emptied" in capsys.readouterr().err


@needs_object_store
def test_files_come_back_into_the_folder_and_the_bucket_says_that_they_left(
    objects: Objects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root, url = tmp_path / "data", str(objects.bucket)
    content = anyio.run(_two_clients_with_files, root)
    data, there = ("--data", str(root)), ("--files-url", url)
    for name, value in stores.environment(root).items():
        monkeypatch.setenv(name, value)
    assert run(monkeypatch, "move-files", "--to-folder", *data) == 1
    assert "Name the bucket" in capsys.readouterr().err
    assert run(monkeypatch, "move-files", "--to-folder", *data, *there) == 1
    assert "are in its folder, and not in" in capsys.readouterr().err
    assert run(monkeypatch, "move-files", url, *data) == 0
    # Another bucket that says that it has them, such as a copy of this one, is not the one that is in use.
    other = new_bucket()
    assert Objects(other).create(SEAL, b"".join(objects.read(SEAL) or ()))
    assert run(monkeypatch, "move-files", "--to-folder", *data, "--files-url", str(other)) == 1
    assert f"are in {url}, and not in {other}" in capsys.readouterr().err
    # One that is damaged there stays there, and is named; a large one comes in pieces.
    one, large = sorted(content)[0], "organizations/{}/exports/large-{}.csv"
    objects.remove(one)
    objects.create(one, b"other bytes")
    client = Path(one).parts[1]
    much = bytes(PIECE_BYTES + 1)
    large = large.format(client, hashlib.sha256(much).hexdigest()[:12])
    (tmp_path / "large").write_bytes(much)
    objects.upload(large, tmp_path / "large")
    with monkeypatch.context() as patch:
        patch.setattr("storage.files.in_bucket.os.replace", full)
        assert run(monkeypatch, "move-files", "--to-folder", *data, *there) == 1
    assert "no room left on the disk" in capsys.readouterr().err
    for step, nth in (
        ("storage.files.in_bucket.FilesInBucket.fetch", 2),
        ("storage.files.in_bucket.ObjectsOfOne.fetch", 3),
        ("storage.files.in_bucket.os.fsync", 1),
        ("storage.files.in_bucket.sync_folder", 2),
        ("storage.folder.moving_files.forget_files_home", 1),
        ("storage.folder.moving_files.leave", 1),
    ):
        with monkeypatch.context() as patch:
            killed_at(patch, step, nth)
            with pytest.raises(Killed):
                run(monkeypatch, "move-files", "--to-folder", *data, *there)
        assert not list(root.glob("organizations/*/*/.*"))
    capsys.readouterr()
    assert run(monkeypatch, "move-files", "--to-folder", *data, *there) == 0
    told = capsys.readouterr().out
    assert "Moved 4 files to" in told
    assert f"Not moved, because it is damaged: {one}" in told
    del content[one]
    for path, one_content in (content | {large: much}).items():
        assert (root / path).read_bytes() == one_content
    # A rendering that is lost is made again; a machine that still names the bucket is refused.
    assert run(monkeypatch, "doctor", *data) == 0
    assert run(monkeypatch, "verify", *data, *there) == 1
    assert "and not in" in capsys.readouterr().err
    (root / "files-bucket").write_text(url)
    assert run(monkeypatch, "verify", *data, *there) == 1
    assert "they were moved out of it" in capsys.readouterr().err
    (root / "files-bucket").unlink()
    assert run(monkeypatch, "move-files", "--to-folder", *data, *there) == 1
    assert "are in its folder, and not in" in capsys.readouterr().err
    # The same bucket can have them again, and nobody else's can be in it.
    assert run(monkeypatch, "move-files", url, *data) == 0
    assert run(monkeypatch, "doctor", *data, *there) == 0
    assert not list(root.glob("organizations/*/*/*.*"))


@needs_object_store
def test_what_a_server_writes_whose_files_have_left_the_bucket_is_refused(objects: Objects, tmp_path: Path) -> None:
    files = FilesInBucket(objects, tmp_path).of(str(uuid4()))
    with pytest.raises(Unavailable, match="not in their bucket any more"):
        files.put_once(Room.BRANDING, image(), FileName("logo.png", "image/png", "png"))
    with pytest.raises(Unavailable):
        files.put_named("branding/logo-0123456789ab.png", image())
    with pytest.raises(Unavailable), files.being_written(Room.EXPORTS, ".csv"):
        pytest.fail("nothing is written")
    # What was being written when they left is not put either.
    name_files_home(tmp_path, str(objects.bucket))
    with files.being_written(Room.EXPORTS, ".csv") as written:
        written.write_bytes(b"1")
        forget_files_home(tmp_path)
        with pytest.raises(Unavailable):
            files.put(written, FileName("a.csv", "text/csv", "export-csv"))
    assert not list(objects.below("organizations"))


@needs_object_store
def test_a_folder_that_had_none_of_the_files_gets_them_all_and_not_by_links(objects: Objects, tmp_path: Path) -> None:
    """As of a machine whose books are on a server."""
    one, other = sorted(str(uuid4()) for _ in range(2))
    claim(objects, "ins_1")
    name_files_home(tmp_path, str(objects.bucket))
    files = FilesInBucket(objects, tmp_path)
    for each in (one, other):
        files.of(each).put_once(Room.BRANDING, image(), FileName("logo.png", "image/png", "png"))
    elsewhere = tmp_path.with_name("elsewhere")
    elsewhere.mkdir()
    (tmp_path / "organizations").mkdir()
    (tmp_path / "organizations" / other).symlink_to(elsewhere)
    move = partial(move_into_folder, tmp_path, objects.bucket, "ins_1", [one, other], progress=lambda done, of: None)
    with pytest.raises(StorageFault) as refused:
        move()
    assert (refused.value.fault, list(elsewhere.iterdir())) == (Fault.NOT_A_FILE, [])
    (tmp_path / "organizations" / other).unlink()
    assert move().files == 2
    assert [path.read_bytes() for path in tmp_path.rglob("*.png")] == [image(), image()]
    with pytest.raises(Conflict, match="or not any more"):
        move()


async def _two_clients_with_files(root: Path) -> dict[str, bytes]:
    async with practice(root, client="Harbour Bakery", more_clients=("Finch Studio",)) as one:
        for each in one.clients:
            books = one.books(each)
            books.files.put_once(Room.BRANDING, image(), FileName("logo.png", "image/png", "png"))
            issued = await one.issue(books, (await one.customer(books)).id)
            await render_document(books, issued.document.number, file_format="pdf")
    return {str(path.relative_to(root)): path.read_bytes() for path in root.glob("organizations/*/*/*.p*")}


def killed_at(patch: pytest.MonkeyPatch, step: str, nth: int) -> None:
    """Let the process end when it comes to a step for the nth time."""
    module, _, name = step.rpartition(".")
    owner = resolve_name(module)
    real, counted = getattr(owner, name), count(1)

    def stepping(*given: Any, **named: Any) -> Any:
        if next(counted) == nth:
            raise Killed
        return real(*given, **named)

    patch.setattr(owner, name, stepping)


def full(*given: Any) -> None:
    """No room is left."""
    raise OSError(errno.ENOSPC, "none left")
