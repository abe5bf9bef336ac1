"""Files in a bucket of a real object store: the same names and guards as in the folder, and faults of its own."""

from __future__ import annotations

import hashlib
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from invoicing.refusals import InvalidInput
from storage.faults.errors import StorageFault
from storage.faults.kinds import Fault
from storage.files import objects as of_objects
from storage.files.buckets import Bucket, bucket_of
from storage.files.in_bucket import FilesInBucket, ObjectsOfOne
from storage.files.kept import FileName, Files, Room, StoredFile, read
from storage.files.objects import PIECE_BYTES, Objects
from storage.folder.home import name_files_home
from storage.ids import new_organization_id
from tests.support.buckets import needs_object_store, objects

__all__ = ["objects"]
PDF = FileName("INV 2026 1.pdf", "application/pdf", "pdf")


def named(root: Path) -> Path:
    """The data folder, which names the bucket of its files."""
    name_files_home(root, "s3://practice")
    return root


def put(files: Files, content: bytes, room: Room = Room.DOCUMENTS, suffix: str = ".pdf") -> StoredFile:
    with files.being_written(room, suffix) as written:
        written.write_bytes(content)
        return files.put(written, PDF, document_id="inv_1")


def names(objects: Objects) -> list[str]:
    return sorted(name for some in objects.below("") for name in some)


@needs_object_store
def test_an_object_is_named_and_sealed_as_a_file_is_and_another_organizations_is_never_found(
    objects: Objects, tmp_path: Path
) -> None:
    one, other = new_organization_id(), new_organization_id()
    ours, theirs = (FilesInBucket(objects, named(tmp_path)).of(each) for each in (one, other))
    content = b"%PDF the first"
    stored = put(ours, content)
    sha256 = hashlib.sha256(content).hexdigest()
    assert stored.path == f"documents/INV-2026-1-{sha256[:12]}.pdf"
    assert (stored.file_name, stored.sha256, stored.size_bytes) == (PDF.file_name, sha256, len(content))
    assert names(objects) == [f"organizations/{one}/{stored.path}"]
    assert ours.link(stored) == f"{objects.bucket}/organizations/{one}/{stored.path}"
    # Nothing is left of what was being written.
    assert [one.name for one in tmp_path.iterdir()] == ["files-bucket"]
    assert (read(ours, stored), ours.read_named(stored.path, sha256), ours.exists(stored)) == (content, content, True)
    # The same name elsewhere, and names that lead elsewhere, are as if they had never been.
    for path in (stored.path, f"../{one}/{stored.path}", f"documents/../../{one}/{stored.path}", "installation", ""):
        assert theirs.read_named(path, sha256) is None
    assert (theirs.exists(stored), theirs.open(stored), theirs.remove(stored)) == (False, None, False)
    # What is put again, by whoever did not hear that it was, is the same object.
    assert put(ours, content).path == stored.path
    once = ours.put_once(Room.BRANDING, b"logo", FileName("logo.png", "image/png", "logo"))
    assert once.path == f"branding/{once.sha256}.png"
    assert ours.put_once(Room.BRANDING, b"logo", FileName("logo.png", "image/png", "logo")).path == once.path
    put(theirs, b"%PDF theirs")
    ours.remove_all()
    assert names(objects) == [f"organizations/{other}/documents/INV-2026-1-{sum_of(b'%PDF theirs')[:12]}.pdf"]


def sum_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@needs_object_store
def test_what_is_there_with_its_bytes_is_never_written_over_and_what_is_damaged_is_mended(
    objects: Objects, tmp_path: Path
) -> None:
    organization = new_organization_id()
    files = FilesInBucket(objects, named(tmp_path)).of(organization)
    stored = put(files, b"%PDF the first")
    name = f"organizations/{organization}/{stored.path}"
    found = objects.find(name)
    assert found is not None
    assert not objects.create(name, b"another")
    # Somebody has changed its bytes, or cut them: nobody is given them.
    for damaged in (b"%PDF the First", b"%PDF"):
        assert objects.replace(name, damaged, found)
        # Whoever has seen the bytes before does not write over those that have come since.
        assert not objects.replace(name, b"older", found)
        assert (read(files, stored), files.exists(stored), files.read_named(stored.path, stored.sha256)) == (
            None,
            False,
            None,
        )
        assert put(files, b"%PDF the first").path == stored.path
        assert read(files, stored) == b"%PDF the first"
    # An object that is whole, and has the beginning of its sum in its name, gives way to nothing.
    with pytest.raises(StorageFault) as refused:
        files.put_named(stored.path, b"something else")
    assert (refused.value.fault, read(files, stored)) == (Fault.FILES_REFUSED, b"%PDF the first")


@needs_object_store
def test_a_large_file_goes_in_parts_and_comes_in_pieces_and_takes_the_place_of_the_same_bytes(
    objects: Objects, tmp_path: Path
) -> None:
    files = FilesInBucket(objects, named(tmp_path)).of(new_organization_id())
    content = os.urandom(PIECE_BYTES + 4711)
    old = put(files, content, Room.EXPORTS, ".csv")
    stream = files.open(old)
    assert stream is not None
    with stream:
        assert stream.read() == content
    assert files.exists(old)
    assert put(files, content, Room.EXPORTS, ".csv").path == old.path
    # It was removed, and is made again under another name on another day.
    assert files.remove(old)
    assert not files.remove(old)
    with files.being_written(Room.EXPORTS, ".csv") as written:
        written.write_bytes(content)
        new = files.put(written, FileName("tomorrow.csv", "text/csv", "export-csv"))
    files.put_in_place_of(old, new)
    assert (files.exists(old), files.exists(new), len(names(objects))) == (True, False, 1)
    assert [one.name for one in tmp_path.iterdir()] == ["files-bucket"]


@needs_object_store
def test_a_wrong_key_or_bucket_is_a_fault_that_names_no_key_and_no_endpoint(
    objects: Objects, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "guessed")
    files = FilesInBucket(Objects(objects.bucket), named(tmp_path)).of(new_organization_id())
    for act in (lambda: put(files, b"1"), lambda: files.read_named("documents/a.pdf", ""), files.remove_all):
        with pytest.raises(StorageFault) as refused:
            act()
        assert refused.value.fault is Fault.FILES_REFUSED
        assert "403" in refused.value.detail
        tell_nothing(refused.value)
    monkeypatch.undo()


def tell_nothing(fault: StorageFault) -> None:
    """Neither what everybody is told nor the log has where the store is, or who may use it."""
    for said in (fault.message, fault.detail, repr(fault)):
        assert not any(word in said for word in ("127.0.0.1", "http", "guessed", *environment_values())), said
    assert fault.__cause__ is None
    assert fault.__suppress_context__


def environment_values() -> list[str]:
    return [value for name, value in os.environ.items() if name.startswith("AWS_") and "KEY" in name]


@contextmanager
def at_a_store_that(answers: bytes | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ObjectsOfOne]:
    """A store that answers every request so; with None one that takes every request, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        values = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{listener.getsockname()[1]}",
            "AWS_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "KEY4711",
            "AWS_SECRET_ACCESS_KEY": "SECRET4711",
        }
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        if answers is not None:
            Thread(target=_answer, args=(listener, answers), daemon=True).start()
        yield FilesInBucket(Objects(Bucket("practice")), named(tmp_path)).of(new_organization_id())


def _answer(listener: socket.socket, answer: bytes) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            connection.recv(65536)
            connection.sendall(answer)


CUT = b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\nLast-Modified: Mon, 30 Nov 2026 01:00:00 GMT\r\nETag: "1"\r\n\r\nonly'
BROKEN = b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    "answer", [None, CUT, BROKEN, b"", b"no HTTP\r\n\r\n"], ids=["hangs", "cut", "503", "ends", "odd"]
)
def test_a_store_that_hangs_breaks_off_or_is_broken_is_told_of_within_seconds(
    answer: bytes | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(of_objects, "_REQUEST", of_objects._REQUEST / 100)
    monkeypatch.setattr(of_objects, "_AGAIN_MAX", 1)
    with at_a_store_that(answer, monkeypatch, tmp_path) as files:
        begun = time.monotonic()
        acts = (lambda: files.read_named("documents/a.pdf", ""), files.remove_all, lambda: put(files, b"1"))
        # What is put has arrived, if the answer's head says so.
        for act in acts[:2] if answer == CUT else acts:
            with pytest.raises(StorageFault) as refused:
                act()
            assert refused.value.fault is Fault.FILES_UNREACHABLE
            tell_nothing(refused.value)
        assert time.monotonic() - begun < 10
    assert [one.name for one in tmp_path.iterdir()] == ["files-bucket"]


def test_a_store_that_nothing_listens_for_is_told_of_and_a_missing_library_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with at_a_store_that(b"", monkeypatch, tmp_path):
        pass
    files = FilesInBucket(Objects(Bucket("practice")), named(tmp_path)).of(new_organization_id())
    with pytest.raises(StorageFault) as refused:
        files.read_named("documents/a.pdf", "")
    assert refused.value.fault is Fault.FILES_UNREACHABLE
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(InvalidInput, match=r"counterfoil\[s3\]"):
        Objects(Bucket("practice"))


def test_a_bucket_is_named_by_a_url_that_holds_no_key() -> None:
    assert bucket_of("s3://practice") == Bucket("practice")
    assert bucket_of("s3://practice/a/b.c/") == Bucket("practice", "a/b.c")
    assert str(bucket_of("s3://practice/a/")) == "s3://practice/a"
    for wrong in (
        "practice", "http://practice/a", "s3://", "s3://Practice", "s3://p", "s3://practice/a//b", "s3://practice/../a",
        "s3://practice/a?b=c", "s3://practice/a#b", "s3://practice/ä", "s3://practice:9000", "s3://practice/.a", "s3://[",
    ):  # fmt: skip
        with pytest.raises(InvalidInput) as refused:
            bucket_of(wrong)
        assert refused.value.field == "files_url"
    with pytest.raises(InvalidInput, match="AWS_ACCESS_KEY_ID") as refused:
        bucket_of("s3://KEY4711:SECRET4711@practice/a")
    assert "4711" not in refused.value.message
