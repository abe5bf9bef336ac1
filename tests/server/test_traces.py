"""Traces: the field's names, the organization as a keyed hash, nobody's words; and nothing where nobody wants them."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from mcp.server.mcpserver.tools import Tool
from opentelemetry.trace import SpanKind, StatusCode

from server.mcp import CounterfoilServer
from server.observing.traces import is_wanted, traces, tracing, tracing_with
from tests.support.assistant import ERAS, Era, assistant
from tests.support.http import BAKERY, FINCH, house
from tests.support.practice import practice

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

CANARY = "Zanzibar Quartet"
ROOT = Path(__file__).parents[2]
REMOTE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
TRACE = 0x0AF7651916CD43DD8448EB211C80319C


def crash(note: str) -> None:
    """Ends by a defect whose text holds what was sent."""
    raise LookupError(f"no row for {note}")


def equip(server: CounterfoilServer) -> None:
    server.add_listed(Tool.from_function(crash))


@contextmanager
def kept_spans() -> Iterator[InMemorySpanExporter]:
    # Other processes that collect these tests need not load it.
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    kept, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    with tracing_with(provider):
        yield kept
    provider.shutdown()


def of_calls(spans: tuple[ReadableSpan, ...]) -> list[ReadableSpan]:
    return [one for one in spans if (one.attributes or {}).get("mcp.method.name") == "tools/call"]


@pytest.mark.parametrize("era", ERAS)
async def test_a_call_over_http_is_one_span_below_its_request_and_says_nothing_of_what_was_sent(
    tmp_path: Path, era: Era
) -> None:
    with kept_spans() as kept:
        async with house(tmp_path / "data", equip=equip) as home:
            token = await home.credentials.token()
            async with home.site.chat(token, era=era) as chat:
                await chat.ok("save_customer", organization=BAKERY, name=CANARY)
                await chat.ok("find_customers", organization=BAKERY, query=CANARY)
                await chat.ok("find_customers", organization=FINCH, query=CANARY)
                for tool, sent in (
                    ("find_customers", {"organization": CANARY}),
                    (CANARY, {}),
                    ("crash", {"note": CANARY}),
                ):
                    assert (await chat.client.call_tool(tool, sent)).is_error
            await home.site.send(
                "GET", f"/{CANARY}?q={token}", headers={"traceparent": REMOTE, "tracestate": "who=zanzibar"}
            )
        spans = kept.get_finished_spans()
    calls = of_calls(spans)
    assert [(one.name, (one.attributes or {})["counterfoil.outcome"]) for one in calls] == [
        ("tools/call save_customer", "ok"),
        ("tools/call find_customers", "ok"),
        ("tools/call find_customers", "ok"),
        ("tools/call find_customers", "not_found"),
        ("tools/call", "not_found"),
        ("tools/call", "failed"),
    ]
    first = calls[0].attributes or {}
    assert first["gen_ai.operation.name"] == "execute_tool"
    assert first["gen_ai.tool.name"] == "save_customer"
    assert first["network.transport"] == "tcp"
    assert (calls[0].kind, calls[0].status.status_code) == (SpanKind.SERVER, StatusCode.UNSET)
    assert [(one.attributes or {}).get("error.type") for one in calls] == [None] * 3 + ["tool_error"] * 3
    marks = [(one.attributes or {}).get("counterfoil.organization") for one in calls]
    assert marks[0] == marks[1] != marks[2] is not None
    assert marks[3:] == [None, None, None]
    by_id = {one.context.span_id: one for one in spans if one.context}
    for one in calls:
        assert one.parent is not None
        request = by_id[one.parent.span_id]
        assert (request.name, (request.attributes or {})["http.response.status_code"]) == ("POST /mcp", 200)
    (strange,) = [one for one in spans if one.context and one.context.trace_id == TRACE]
    assert (strange.name, dict(strange.context.trace_state)) == ("GET other", {}) if strange.context else False
    said = "".join(one.to_json() for one in spans)
    for canary in (CANARY, "zanzibar", token, BAKERY, FINCH, "LookupError", "Hotel Bristol"):
        assert canary.casefold() not in said.casefold(), canary


async def test_a_call_goes_on_with_the_trace_that_its_message_names(tmp_path: Path) -> None:
    with kept_spans() as kept:
        async with practice(tmp_path, client="Harbour Bakery") as one, assistant(one.office) as chat:
            meta: Any = {"traceparent": REMOTE, "note": CANARY}
            answer = await chat.client.call_tool("find_customers", {"organization": BAKERY}, meta=meta)
            assert not answer.is_error
        (call,) = of_calls(kept.get_finished_spans())
    assert call.context is not None
    assert call.parent is not None
    assert (call.context.trace_id, call.parent.is_remote) == (TRACE, True)
    assert CANARY not in call.to_json()


class _Receiver(BaseHTTPRequestHandler):
    bodies: list[bytes]

    def do_POST(self) -> None:  # The library's name.
        self.bodies.append(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@contextmanager
def receiver() -> Iterator[tuple[str, list[bytes]]]:
    """A collector of spans, and what it has received."""
    handler = type("Receiver", (_Receiver,), {"bodies": []})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", handler.bodies  # type: ignore[attr-defined]
        finally:
            server.shutdown()
            serving.join()


async def test_the_standard_variables_say_whether_and_whither_spans_are_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    with receiver() as (url, bodies):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
        monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test")
        with tracing():
            async with house(tmp_path / "data") as home, home.site.chat(await home.credentials.token()) as chat:
                await chat.ok("find_customers", organization=BAKERY)
        assert traces() is None
    sent = [ExportTraceServiceRequest.FromString(body) for body in bodies]
    (resource,) = {str(one.resource) for export in sent for one in export.resource_spans}
    assert all(word in resource for word in ("counterfoil", "deployment.environment.name", "service.version"))
    scopes = [scope for export in sent for one in export.resource_spans for scope in one.scope_spans]
    assert {one.scope.name for one in scopes} == {"counterfoil"}
    assert "tools/call find_customers" in {span.name for one in scopes for span in one.spans}


def test_what_cannot_be_sent_as_asked_is_said_and_not_tried(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    for given in (
        {},
        {"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"},
        {"OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"},
        {"OTEL_SERVICE_NAME": "billing"},
    ):
        assert not is_wanted(given)
    assert caplog.records == []
    otlp = {"OTEL_TRACES_EXPORTER": "otlp"}
    for asked in ({"OTEL_TRACES_EXPORTER": "zipkin"}, otlp | {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}):
        with tracing(asked):
            assert traces() is None
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with tracing(otlp):
        assert traces() is None
    first, second, third = (one.message for one in caplog.records)
    assert first == second == "no traces are sent: of exporters there is otlp alone, with the protocol http/protobuf"
    assert "counterfoil[telemetry]" in third


def test_a_server_that_sends_none_loads_nothing_that_would() -> None:
    loaded = "import sys, server.stdio, server.http.observed; print(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, cwd=ROOT, check=True, timeout=60
    )
    heavy = ("opentelemetry.sdk", "opentelemetry.exporter", "opentelemetry.proto", "google.protobuf", "requests")
    assert [one for one in ran.stdout.split() if one.startswith(heavy)] == []
