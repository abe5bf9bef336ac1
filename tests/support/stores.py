"""What the suite keeps its books in: one kind of store for a whole run, `--store`; no test need know which."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from server.settings import read_settings
from storage.folder import store
from storage.folder.store import Store

Opening = Callable[[Path], AbstractAsyncContextManager[Store]]


def _sqlite(root: Path) -> AbstractAsyncContextManager[Store]:
    # A program that is no test of the suite leaves no key where those of real installations lie.
    keys = read_settings().keys if "COUNTERFOIL_KEYS" in os.environ else root.with_name(f"{root.name}-keys")
    return store.open_store(root, keys=keys)


STORES: dict[str, Opening] = {"sqlite": _sqlite}
"""By their names: how each is opened on a folder of the test's own."""
_chosen = ["sqlite"]


def choose(name: str) -> None:
    """Open this kind from now on."""
    _chosen[:] = [name]


def open_store(root: Path) -> AbstractAsyncContextManager[Store]:
    """The store on this folder, of the kind that the run was asked for."""
    return STORES[_chosen[0]](root)
