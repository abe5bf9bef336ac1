"""`/metrics`: the numbers of this process, for whoever has the operator's token. No organization is named in them."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from server.observing.choice import Observing
from server.observing.exposition import CONTENT_TYPE, Family, Histogram, Values, gauge, text_of
from server.observing.numbers import Labels, Numbers
from server.observing.observations import is_known, is_nobody
from server.observing.operator_token import is_token, read_hash
from storage.folder.store import Store

PATH = "/metrics"
Rows = dict[Labels, int | float]
_PROCESS = Path("/proc/self")


@contextmanager
def metered(
    observing: Observing, store: Store, connections: Callable[[], tuple[int, int]] = lambda: (0, 0)
) -> Iterator[Meter | None]:
    """What counts while this process serves the store; None where that is not wanted.

    Raises:
        Conflict: there is no token by which it could be shown.
    """
    if not observing.metrics:
        yield None
        return
    numbers = Numbers()
    token_hash = read_hash(observing.token_file or token_path(store))
    with numbers.counting():
        yield Meter(token_hash, numbers, connections)


def token_path(store: Store) -> Path:
    """Where the hash of the operator's token is kept: beside the keys, apart from the data and in no backup."""
    return store.keys.path.with_suffix(".metrics")


@dataclass(slots=True)
class Meter:
    """What is counted in this process, and the hash of the token by which it is shown. `connections` answers how many
    connections of somebody known there are, and how many of strangers.
    """

    token_hash: bytes
    numbers: Numbers
    connections: Callable[[], tuple[int, int]] = lambda: (0, 0)
    refused: int = 0
    began: float = field(default_factory=time.time)

    def route(self, store: Store) -> Route:
        """The route of the numbers of this process, which works on the store."""

        async def answer(request: Request) -> Response:
            if not self._is_operator(request):
                self.refused += 1
                is_nobody("metrics")
                return PlainTextResponse("Unauthorized.", status_code=401, headers={"WWW-Authenticate": "Bearer"})
            is_known()
            said = text_of(self._families(store), process=str(os.getpid()))
            return Response(said, headers={"Content-Type": CONTENT_TYPE})

        return Route(PATH, answer, methods=["GET"])

    def _is_operator(self, request: Request) -> bool:
        given = Headers(scope=request.scope).getlist("authorization")
        scheme, _, token = given[0].partition(" ") if len(given) == 1 else ("", "", "")
        return scheme.lower() == "bearer" and is_token(token.strip(), self.token_hash)

    def _families(self, store: Store) -> Iterator[Family]:
        yield from _of_calls(self.numbers)
        refused: Rows = {(door, reason): times for (door, reason), times in store.activity.refused.items()}
        if self.refused:
            refused["metrics", "token"] = self.refused
        about = "Sign-ins and requests that brought nothing by which somebody was known, by the reason."
        yield Values("counterfoil_refused_sign_ins_total", about, "counter", ("door", "reason"), refused)
        yield from _of_connections(*self.connections())
        yield from _of_store(store)
        yield from _of_process(self.began)


def _of_calls(numbers: Numbers) -> Iterator[Family]:
    yield Histogram(
        "mcp_server_operation_duration_seconds",
        "How long messages to the MCP servers took, by what came of them.",
        ("mcp_method_name", "gen_ai_tool_name", "outcome"),
        numbers.calls,
    )
    yield Histogram(
        "http_server_request_duration_seconds",
        "How long HTTP requests took, by the pattern of their path.",
        ("http_request_method", "http_route", "http_response_status_code"),
        numbers.requests,
    )


def _of_connections(known: int, strangers: int) -> Iterator[Family]:
    rows: Rows = {("known",): known, ("stranger",): strangers}
    yield Values("counterfoil_connections", "Open connections, by whether a credential came.", "gauge", ("of",), rows)


def _of_store(store: Store) -> Iterator[Family]:
    books, work = store.pool.figures(), store.pool.workers.figures()
    yield gauge("counterfoil_books_open", "Sets of books that are open.", books.open)
    yield gauge("counterfoil_books_in_use", "Sets of books in which something is under way.", books.in_use)
    yield gauge("counterfoil_books_open_max", "Sets of books that are kept open at most.", books.capacity)
    for place, (name, about) in enumerate(
        (
            ("under_way", "Pieces of long work that are under way."),
            ("waiting", "Pieces of long work that wait for a turn."),
            ("at_once", "Pieces of long work that are under way at most."),
        )
    ):
        rows: Rows = {(kind,): one[place] for kind, one in work.turns.items()}
        yield Values(f"counterfoil_turns_{name}", about, "gauge", ("kind",), rows)
    yield gauge("counterfoil_computing_processes", "Processes that compute for this one.", work.processes)
    yield gauge("counterfoil_computing_processes_busy", "Of these, those that have work.", work.busy)
    yield gauge("counterfoil_activity_waiting", "Acts that are not in the activity log yet.", store.activity.waiting)


def _of_process(began: float) -> Iterator[Family]:
    built: Rows = {(version("counterfoil"), f"{sys.version_info.major}.{sys.version_info.minor}"): 1}
    yield Values("counterfoil_build_info", "What serves.", "gauge", ("version", "python"), built)
    seconds: Rows = {(): time.process_time()}
    yield Values("process_cpu_seconds_total", "Processor time of this process.", "counter", (), seconds)
    yield gauge("process_start_time_seconds", "When it began, in seconds since 1970.", began)
    yield gauge("counterfoil_threads", "Its threads.", threading.active_count())
    if _PROCESS.is_dir():
        yield gauge("process_open_fds", "Its open files.", len(os.listdir(_PROCESS / "fd")))
        pages = int((_PROCESS / "statm").read_text("ascii").split()[1])
        yield gauge("process_resident_memory_bytes", "Its memory.", pages * os.sysconf("SC_PAGE_SIZE"))
