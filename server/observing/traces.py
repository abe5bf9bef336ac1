"""Traces for OpenTelemetry, where the variables of its own ask for them: spans with names and codes of ours alone.

The spans that the MCP SDK would make bear the text of refusals and exceptions, and names as clients send them. They are
left out (`server/protocol.py`); these have the same names and attributes, and no content. The provider is our own, not
the process's global one, so that no library adds any.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Link, Span, SpanKind, Tracer

NAME = "counterfoil"
PURPOSE = "telemetry"
"""What the key is for with which organizations' handles are hashed."""
_ORGANIZATIONS_MAX = 20
_MARK_CHARACTERS = 16
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_RESOURCE = "OTEL_RESOURCE_ATTRIBUTES"
_GOOD = frozenset({"ok", "asked"})
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Traces:
    """Makes spans. `key` hashes the handles of organizations; without one they are left out."""

    tracer: Tracer
    key: bytes = b""

    @contextmanager
    def span(self, name: str, attributes: Mapping[str, Any], carrier: Mapping[str, Any], **more: Any) -> Iterator[Open]:
        """A span of a request that came in with this carrier of a trace, as the parent of whatever begins in it."""
        from opentelemetry.trace import Link, SpanKind, get_current_span

        remote, around = _remote(carrier), get_current_span().get_span_context()
        # What a message says of its trace comes before the HTTP request that brought it.
        links: list[Link] = [Link(around)] if remote is not None and around.is_valid else []
        kind: SpanKind = SpanKind.SERVER
        with self.tracer.start_as_current_span(
            name,
            context=remote,
            kind=kind,
            attributes=dict(attributes),
            links=links,
            record_exception=False,
            set_status_on_exception=False,
            **more,
        ) as span:
            yield Open(span, self)

    def marks(self, handles: Iterable[str]) -> list[str]:
        """What stands for organizations: nobody who lacks the key can tell whose it is, nor find it by trying names."""
        if not self.key:
            return []
        known = list(handles)[:_ORGANIZATIONS_MAX]
        return [hmac.new(self.key, one.encode(), hashlib.sha256).hexdigest()[:_MARK_CHARACTERS] for one in known]


@dataclass(frozen=True, slots=True)
class Open:
    """A span that has begun."""

    _span: Span
    _traces: Traces

    def called(self, method: str, tool: str, outcome: str, organizations: Iterable[str]) -> None:
        """What a message to an MCP server has come to."""
        if tool:
            self._span.update_name(f"{method} {tool}")
            self._span.set_attributes({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": tool})
        self._span.set_attribute("counterfoil.outcome", outcome)
        if outcome not in _GOOD:
            self._fail("tool_error" if method == "tools/call" else outcome)
        self._of(organizations)

    def answered(self, method: str, route: str, status: int, organizations: Iterable[str]) -> None:
        """How an HTTP request was answered."""
        self._span.update_name(f"{method} {route}")
        self._span.set_attributes({"http.route": route, "http.response.status_code": status})
        if status >= 500 or not status:
            self._fail(str(status) if status else "cancelled")
        self._of(organizations)

    def _fail(self, kind: str) -> None:
        from opentelemetry.trace import StatusCode

        self._span.set_attribute("error.type", kind)
        self._span.set_status(StatusCode.ERROR)

    def _of(self, organizations: Iterable[str]) -> None:
        if marks := self._traces.marks(organizations):
            self._span.set_attribute("counterfoil.organization", marks)


_now: Traces | None = None


def traces() -> Traces | None:
    """What makes spans in this process; None where nobody wants them."""
    return _now


@contextmanager
def tracing(environment: Mapping[str, str] | None = None) -> Iterator[None]:
    """Make spans while this lasts, where the environment asks for them, and send them as it says."""
    given = os.environ if environment is None else environment
    provider = _provider(given) if is_wanted(given) else None
    if provider is None:
        yield
        return
    try:
        with tracing_with(provider):
            yield
    finally:
        # What was not sent yet is sent.
        provider.shutdown()


@contextmanager
def tracing_with(provider: TracerProvider) -> Iterator[Traces]:
    """Make spans by this provider while this lasts."""
    global _now
    before, _now = _now, Traces(provider.get_tracer(NAME, version(NAME)))
    try:
        yield _now
    finally:
        _now = before


def is_wanted(environment: Mapping[str, str]) -> bool:
    """Whether the standard variables ask for traces: an endpoint, or an exporter by its name."""
    if environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    exporter = environment.get("OTEL_TRACES_EXPORTER", "").strip().lower()
    return exporter != "none" and bool(exporter or any(environment.get(name, "").strip() for name in _ENDPOINTS))


def _provider(environment: Mapping[str, str]) -> TracerProvider | None:
    """What sends spans as the environment says; None where it cannot, which the log tells."""
    exporter = environment.get("OTEL_TRACES_EXPORTER", "").strip().lower() or "otlp"
    protocol = next((environment[name].strip() for name in _PROTOCOLS if environment.get(name, "").strip()), "")
    if exporter != "otlp" or protocol not in ("", "http/protobuf"):
        _log.warning("no traces are sent: of exporters there is otlp alone, with the protocol http/protobuf")
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        _log.warning("no traces are sent: what sends them comes with counterfoil[telemetry], which is not installed")
        return None
    about = {SERVICE_VERSION: version(NAME)}
    named = environment.get("OTEL_SERVICE_NAME", "") or "service.name=" in environment.get(
        "OTEL_RESOURCE_ATTRIBUTES", ""
    )
    resource = Resource.create(about if named else about | {SERVICE_NAME: NAME})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    sending: SpanExporter = OTLPSpanExporter()
    provider.add_span_processor(BatchSpanProcessor(sending))
    return provider


def _remote(carrier: Mapping[str, Any]) -> Context | None:
    """Where a trace began elsewhere; of that its numbers alone, and no text that came with it."""
    from opentelemetry.context import Context
    from opentelemetry.propagate import extract
    from opentelemetry.trace import NonRecordingSpan, SpanContext, get_current_span, set_span_in_context

    texts = {name: value for name, value in carrier.items() if isinstance(value, str)}
    found = get_current_span(extract(texts, context=Context())).get_span_context()
    if not found.is_valid:
        return None
    begun = SpanContext(found.trace_id, found.span_id, is_remote=True, trace_flags=found.trace_flags)
    return set_span_in_context(NonRecordingSpan(begun), Context())
