"""A real object store for one run of tests: SeaweedFS, which speaks as S3 does, in a folder of its own."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from storage.files.buckets import Bucket
from storage.files.objects import Objects

_KEY, _SECRET = "TESTKEY4711", "a secret of the store alone"
_BEGIN_SECONDS = 60
_BUCKET = "practice"


class ObjectStore:
    """A store that runs, with a key that may do all in it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="counterfoil-objects-"))
        (self.folder / "data").mkdir()
        keys = self.folder / "keys.json"
        may = ["Admin", "Read", "Write", "List", "Tagging"]
        identity = {"name": "tests", "credentials": [{"accessKey": _KEY, "secretKey": _SECRET}], "actions": may}
        keys.write_text(json.dumps({"identities": [identity]}))
        master, volume, filer, s3, *grpc = _free_ports(8)
        self.url = f"http://127.0.0.1:{s3}"
        options = {
            "dir": self.folder / "data",
            "ip": "127.0.0.1",
            "ip.bind": "127.0.0.1",
            "filer": "true",
            "s3": "true",
            "s3.config": keys,
            "s3.port": s3,
            "s3.port.grpc": grpc[0],
            "s3.port.iceberg": 0,
            "s3.port.lance": 0,
            "s3.iam": "false",
            "s3.localSocket": self.folder / "s3.sock",
            "filer.localSocket": self.folder / "filer.sock",
            "master.port": master,
            "master.port.grpc": grpc[1],
            "master.telemetry": "false",
            "master.volumeSizeLimitMB": 64,
            "volume.port": volume,
            "volume.port.grpc": grpc[2],
            "volume.max": 100,
            "filer.port": filer,
            "filer.port.grpc": grpc[3],
        }
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [program(), "server", *(f"-{name}={value}" for name, value in options.items())],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
            )
        atexit.register(self.stop)
        self._wait()

    @property
    def environment(self) -> dict[str, str]:
        """What lets a program in: as an operator says it."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": _KEY,
            "AWS_SECRET_ACCESS_KEY": _SECRET,
        }

    def stop(self) -> None:
        """End the store, and remove its folder."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait(self) -> None:
        give_up = time.monotonic() + _BEGIN_SECONDS
        while time.monotonic() < give_up and self._process.poll() is None:
            try:
                if httpx2.get(f"{self.url}/healthz").is_success:
                    return
            except httpx2.TransportError:
                # It listens to nobody yet.
                time.sleep(0.05)
        raise RuntimeError((self.folder / "log").read_text(errors="replace")[-2000:])


@pytest.fixture
def objects(monkeypatch: pytest.MonkeyPatch) -> Objects:
    """A folder of a real store's bucket that nothing is in, for whoever is let in as an operator lets them."""
    for name, value in object_store().environment.items():
        monkeypatch.setenv(name, value)
    made = Objects(new_bucket())
    # This store makes a bucket for whoever first puts something into it.
    made.create("first", b"")
    made.remove("first")
    return made


def new_bucket() -> Bucket:
    """A folder of the store's bucket that nothing is in."""
    return Bucket(_BUCKET, uuid4().hex)


@cache
def object_store() -> ObjectStore:
    """The store of this process."""
    return ObjectStore()


def end_object_store() -> None:
    """End the store of this process, at the end of its tests."""
    if object_store.cache_info().currsize:
        object_store().stop()
        object_store.cache_clear()


def program() -> str:
    """The store's program, which comes with the tools; empty where it does not."""
    return shutil.which("weed", path=os.pathsep.join((str(Path(sys.executable).parent), os.defpath))) or ""


needs_object_store = pytest.mark.skipif(not program(), reason="no object store is installed here (weed)")


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        found = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in found:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in found]
