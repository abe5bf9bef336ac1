"""Where a request ends: whatever two readers could understand in two ways is refused, and its connection closed.

A proxy in front of us reads the same bytes. Where it takes another length of a request than we do, the rest becomes a
request of somebody else's (RFC 9112, sections 2.2, 3.2, 5.2, 6.1 and 6.3, where a server may be this strict).
"""

from __future__ import annotations

from typing import Any

import h11

_VERSIONS = (b"1.0", b"1.1")


class StrictConnection(h11.Connection):
    """h11's connection of a server, which reads several things leniently that this one refuses; `sent_bytes` counts
    what it has put together to be sent.
    """

    def __init__(self, head_bytes_max: int) -> None:
        super().__init__(h11.SERVER, head_bytes_max)
        self.sent_bytes = 0
        self._head_bytes_max = head_bytes_max
        self._chunked = False

    def next_event(self) -> Any:
        """The next event of the client.

        Raises:
            h11.RemoteProtocolError: what is no request, or can be read in two ways.
        """
        if self.their_state is not h11.IDLE and not self._chunked:
            return super().next_event()
        before = self.trailing_data[0]
        event = super().next_event()
        taken = before[: len(before) - len(self.trailing_data[0])]
        if isinstance(event, h11.Request):
            if len(taken) > self._head_bytes_max:
                raise h11.RemoteProtocolError("a head that is too long")
            self._chunked = _check_head(event, taken)
        elif isinstance(event, h11.EndOfMessage):
            if self._chunked and (event.headers or _has_odd_line_ends(taken)):
                raise h11.RemoteProtocolError("the end of a body in pieces is ambiguous")
            self._chunked = False
        return event

    def send(self, event: Any) -> Any:
        sent = super().send(event)
        self.sent_bytes += len(sent or b"")
        return sent


def _check_head(request: h11.Request, head: bytes) -> bool:
    """Whether the body comes in pieces.

    Raises:
        h11.RemoteProtocolError: a head that can be read in two ways.
    """
    # The header lines are looked at as they came: h11 has joined those that were folded or repeated.
    lines = head.split(b"\r\n")[1:]
    names = [line.partition(b":")[0].strip().lower() for line in lines]
    lengths = [line for line, name in zip(lines, names, strict=True) if name == b"content-length"]
    pieces = b"transfer-encoding" in names
    if _has_odd_line_ends(head) or any(line.startswith((b" ", b"\t")) for line in lines):
        raise h11.RemoteProtocolError("a header line that is folded, or does not end in CRLF")
    if len(lengths) > 1 or any(b"," in line for line in lengths):
        raise h11.RemoteProtocolError("several Content-Length headers")
    if request.http_version not in _VERSIONS or (pieces and request.http_version != b"1.1"):
        raise h11.RemoteProtocolError("a version of HTTP that is not served, or has no bodies in pieces")
    if pieces and lengths:
        raise h11.RemoteProtocolError("both Content-Length and Transfer-Encoding")
    if not request.target.startswith(b"/"):
        # An absolute URL names a host of its own beside the Host header, and only proxies are sent one.
        raise h11.RemoteProtocolError("a target that is no path")
    return pieces


def _has_odd_line_ends(taken: bytes) -> bool:
    return taken.count(b"\n") != taken.count(b"\r\n") or taken.count(b"\r") != taken.count(b"\r\n")
