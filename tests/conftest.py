"""Settings that all tests share."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support import stores
from tests.support.backwards import answer_backwards
from tests.support.begun import is_kept, remove_begun
from tests.support.buckets import end_object_store
from tests.support.checked_schemas import check_each_schema_once
from tests.support.chromium import MISSING
from tests.support.memory import keep_in_memory
from tests.support.on_both import is_on_both
from tests.support.servers import MISSING as NO_SERVER
from tests.support.servers import end_server, needs_server
from tests.support.sqlite_alone import why_left_out

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
    # Whatever installation this machine has, no test opens it.
    os.environ.pop(stores.URL, None)
    keep_in_memory()
    answer_backwards()
    check_each_schema_once()
    stores.choose(config.getoption("store"))


@pytest.fixture(scope="session", autouse=True)
def _keys_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keys lie apart from the data, and those of tests apart from everybody else's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COUNTERFOIL_KEYS", str(tmp_path_factory.mktemp("keys")))
        yield


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What `on_both` names is tried with books in files and with books on a server."""
    if is_on_both(metafunc.definition.nodeid) and not stores.is_on_server():
        both = [stores.SQLITE, pytest.param(stores.POSTGRES, marks=needs_server)]
        metafunc.parametrize("_kept_in", both, indirect=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A run with books on a server leaves out what only files have."""
    if stores.is_on_server():
        for item in items:
            if reason := why_left_out(item.nodeid):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(autouse=True)
def _kept_in(request: pytest.FixtureRequest) -> Iterator[None]:
    """Books are kept as the run says, or the test; a server keeps no database that only a test which has ended had."""
    with stores.chosen(getattr(request, "param", "")), stores.forgetting(is_kept):
        yield


@pytest.fixture
def own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The keys' folder of one test alone, which may do to them what it likes."""
    folder = tmp_path / "own keys"
    monkeypatch.setenv("COUNTERFOIL_KEYS", str(folder))
    return folder


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end what was not tried."""
    skipped = [str(one.longrepr) for one in terminalreporter.stats.get("skipped", [])]
    for where, reason in (("in a browser", MISSING), ("on a server", NO_SERVER)):
        if left_out := sum(reason in one for one in skipped):
            terminalreporter.write_line(f"Left out: {left_out} tests {where}, {reason}.", yellow=True)


def pytest_sessionfinish() -> None:
    remove_begun()
    end_server()
    end_object_store()
