"""Where a request ends: whatever two readers could understand in two ways is refused, and its connection closed.

A proxy in front of us reads the same bytes. Where it takes another length of a request than we do, the rest becomes a
request of somebody else's (RFC 9112, sections 2.2, 3.2, 5.2, 6.1 and 6.3, where a server may be this strict). The
parser behind this reads the same bytes once more: what it is given is one request at a time, and in order.
"""

from __future__ import annotations

import re
from enum import Enum, auto

_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
# A path, and nothing else: an absolute URL names a host of its own beside the Host header, and only proxies are sent
# one; CONNECT has no path; and a fragment is never sent. Each line ends in CRLF, none goes on in the next one, and no
# value has control characters.
_HEAD = re.compile(
    rb"(?!CONNECT )" + _TOKEN + rb" /[\x21\x22\x24-\x7e]* HTTP/1\.([01])\r\n"
    rb"(?:" + _TOKEN + rb":[\t\x20-\x7e\x80-\xff]*\r\n)*\r\n"
)
_LENGTH = re.compile(rb"\r\ncontent-length:([^\r]*)", re.IGNORECASE)
_ENCODING = re.compile(rb"\r\ntransfer-encoding:([^\r]*)", re.IGNORECASE)
_UPGRADE = re.compile(rb"\r\nupgrade:[^\r]*", re.IGNORECASE)
_HOST = re.compile(rb"\r\nhost:", re.IGNORECASE)
_DIGITS = re.compile(rb"[0-9]{1,18}")
_PIECE = re.compile(rb"([0-9A-Fa-f]{1,15})[\t ]*(?:;[\t\x20-\x7e\x80-\xff]*)?\r\n")
_ODD_LINE_END = re.compile(rb"(?<!\r)\n|\r(?=[^\n])")
_LENGTH_BYTES_MAX = 256
"""Of the line in which a piece says how long it is, with what else that line may say."""
_FIRST_PRINTED = 0x21


class Ambiguous(Exception):
    """What is no request, or can be read in two ways."""


class Awaited(Enum):
    """Which part of a request comes next."""

    HEAD = auto()
    BODY = auto()
    NOTHING = auto()
    """The request has arrived whole, and the next one has not begun."""


class _Part(Enum):
    """Where in a body in pieces the next byte stands."""

    LENGTH = auto()
    DATA = auto()
    DATA_END = auto()
    LAST_END = auto()


class Framing:
    """The requests of one connection: takes bytes as they come, and gives those of one request after the other."""

    def __init__(self, head_bytes_max: int) -> None:
        self.awaited = Awaited.HEAD
        self._head_bytes_max = head_bytes_max
        # What came and was not given yet; how much of it may be given, and how much of half a head was looked at.
        self._kept = b""
        self._at = self._seen = 0
        # Of the body, or of the present piece.
        self._bytes_left = 0
        self._part: _Part | None = None

    @property
    def has_more(self) -> bool:
        """Whether bytes have come that were not given yet."""
        return bool(self._kept)

    def take(self, data: bytes) -> None:
        """More bytes of the client."""
        self._kept = self._kept + data if self._kept else data

    def next_request(self) -> None:
        """The request that has arrived whole is done with."""
        self.awaited = Awaited.HEAD

    def give(self) -> bytes:
        """The next bytes of the present request; none where more must come first, or where it has arrived whole.

        Raises:
            Ambiguous: what came is no request, or can be read in two ways.
        """
        if self.awaited is Awaited.HEAD:
            self._go_through_head()
        if self.awaited is Awaited.BODY:
            if self._part is None:
                self._go_through_data()
            else:
                self._go_through_pieces()
        given, self._kept = self._kept[: self._at], self._kept[self._at :]
        self._at = 0
        return given

    def _go_through_head(self) -> None:
        end = self._kept.find(b"\r\n\r\n", max(0, self._seen - 3)) + 4
        if end < 4:
            self._check_half_a_head()
        elif end > self._head_bytes_max:
            raise Ambiguous("a head that is too long")
        else:
            self._begin_body(self._kept[:end])
            # HTTP goes on, whatever else a client offers; the parser would take its body for the other protocol's.
            head = _UPGRADE.sub(b"", self._kept[:end])
            self._kept = head + self._kept[end:]
            self._at, self._seen = len(head), 0

    def _check_half_a_head(self) -> None:
        """Refuse at once what cannot become a head any more."""
        if len(self._kept) > self._head_bytes_max:
            raise Ambiguous("a head that is too long")
        if self._kept and self._kept[0] < _FIRST_PRINTED:
            raise Ambiguous("no request line")
        if _ODD_LINE_END.search(self._kept, max(0, self._seen - 1)):
            raise Ambiguous("a line that does not end in CRLF")
        self._seen = len(self._kept)

    def _begin_body(self, head: bytes) -> None:
        form = _HEAD.fullmatch(head)
        if form is None:
            raise Ambiguous("a head that is not in the form of HTTP/1.1 or 1.0")
        hosts, lengths, encodings = len(_HOST.findall(head)), _LENGTH.findall(head), _ENCODING.findall(head)
        if hosts > 1 or (hosts == 0 and form[1] == b"1"):
            raise Ambiguous("no host, or several")
        if len(lengths) + len(encodings) > 1:
            raise Ambiguous("more than one length")
        if encodings and (encodings[0].strip(b"\t ").lower() != b"chunked" or form[1] == b"0"):
            raise Ambiguous("an encoding that is not chunked, or before HTTP/1.1")
        if lengths and not _DIGITS.fullmatch(lengths[0].strip(b"\t ")):
            raise Ambiguous("a length that is no number")
        self._bytes_left = int(lengths[0]) if lengths else 0
        self._part = _Part.LENGTH if encodings else None
        self.awaited = Awaited.BODY if encodings or self._bytes_left else Awaited.NOTHING

    def _go_through_data(self) -> None:
        """So much of a body, or of a piece, as has come."""
        come = min(self._bytes_left, len(self._kept) - self._at)
        self._at += come
        self._bytes_left -= come
        if self._bytes_left:
            return
        if self._part is None:
            self.awaited = Awaited.NOTHING
        else:
            self._part = _Part.DATA_END

    def _go_through_pieces(self) -> None:
        before = -1
        while self.awaited is Awaited.BODY and before < self._at < len(self._kept):
            before = self._at
            match self._part:
                case _Part.LENGTH:
                    self._go_through_length()
                case _Part.DATA:
                    self._go_through_data()
                case _:
                    self._go_through_end()

    def _go_through_length(self) -> None:
        end = self._kept.find(b"\n", self._at, self._at + _LENGTH_BYTES_MAX) + 1
        if end:
            length = _PIECE.fullmatch(self._kept, self._at, end)
            if length is None:
                raise Ambiguous("the length of a piece is no number")
            self._at, self._bytes_left = end, int(length[1], 16)
            self._part = _Part.DATA if self._bytes_left else _Part.LAST_END
        elif len(self._kept) - self._at >= _LENGTH_BYTES_MAX:
            raise Ambiguous("the length of a piece is too long")

    def _go_through_end(self) -> None:
        """CRLF and nothing else: a header after the pieces would come too late to be heeded."""
        end = self._kept[self._at : self._at + 2]
        if not b"\r\n".startswith(end):
            raise Ambiguous("the end of a piece is ambiguous")
        if len(end) < 2:
            return
        self._at += 2
        if self._part is _Part.LAST_END:
            self.awaited = Awaited.NOTHING
        self._part = _Part.LENGTH
