"""Settings that all tests share."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support import stores
from tests.support.begun import is_kept, remove_begun
from tests.support.checked_schemas import check_each_schema_once
from tests.support.chromium import MISSING
from tests.support.memory import keep_in_memory

# The same examples in every run, and no failure because a machine is busy: a red test means a changed behaviour.
settings.register_profile("counterfoil", deadline=None, derandomize=True)
# For `make quick`: a tenth of the examples.
settings.register_profile("quick", settings.get_profile("counterfoil"), max_examples=10)
settings.load_profile("counterfoil")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--store", choices=stores.STORES, default=stores.SQLITE, help="What books are kept in.")


def pytest_configure(config: pytest.Config) -> None:
    # Hundreds of programs are started, each of which would compile all that it imports again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    keep_in_memory()
    check_each_schema_once()
    stores.choose(config.getoption("store"))


@pytest.fixture(scope="session", autouse=True)
def _keys_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keys lie apart from the data, and those of tests apart from everybody else's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COUNTERFOIL_KEYS", str(tmp_path_factory.mktemp("keys")))
        yield


@pytest.fixture(autouse=True)
def _databases_of_the_test() -> Iterator[None]:
    """A server keeps no database of a test that has ended."""
    yield
    if stores.is_on_server():
        stores.forget(is_kept)


@pytest.fixture
def own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The keys' folder of one test alone, which may do to them what it likes."""
    folder = tmp_path / "own keys"
    monkeypatch.setenv("COUNTERFOIL_KEYS", str(folder))
    return folder


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end what was not tried."""
    left_out = [one for one in terminalreporter.stats.get("skipped", []) if MISSING in str(one.longrepr)]
    if left_out:
        terminalreporter.write_line(f"Left out: {len(left_out)} tests in a browser, {MISSING}.", yellow=True)


def pytest_sessionfinish() -> None:
    remove_begun()
