"""The one file of a form that a browser sends (multipart/form-data, RFC 7578), piece by piece as it arrives."""

from __future__ import annotations

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

FIELD = "file"
FIELD_BYTES_MAX = 4_096
"""Of all other fields together: those that say whose form it is."""
BOUNDARIES_MAX = 16
"""No file holds the boundary, which the browser chose for that. The parser takes hundreds of times as long for bytes
that almost begin a part.
"""


class NotThisForm(Exception):
    """What was sent is not the form of the page: no form at all, cut off, without its field, or with several files."""


class FormFile:
    """Takes the bytes of a form, and gives those of its file. `name` is what the browser calls the file; it is empty
    where none was chosen. `fields` are the texts that the form has beside it.
    """

    def __init__(self, content_type: str) -> None:
        """Raises `NotThisForm` where the content type is not that of such a form."""
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary", b"")
        if kind != b"multipart/form-data" or not boundary:
            raise NotThisForm
        self.name = ""
        self.fields: dict[str, str] = {}
        self._field = ""
        self._text = bytearray()
        self._given: list[bytes] = []
        self._headers: dict[bytes, bytes] = {}
        self._header = self._value = b""
        self._in_file = self._has_file = self._is_whole = False
        self._others_bytes = self._boundaries = 0
        self._boundary = boundary
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._headers.clear,
                    "on_header_field": self._on_header_field,
                    "on_header_value": self._on_header_value,
                    "on_header_end": self._on_header_end,
                    "on_headers_finished": self._on_headers_finished,
                    "on_part_data": self._on_part_data,
                    "on_part_end": self._on_part_end,
                    "on_end": self._on_end,
                },
            )
        except FormParserError:
            raise NotThisForm from None

    def take(self, chunk: bytes) -> list[bytes]:
        """More bytes of the form; answers those of the file among them.

        Raises:
            NotThisForm: it cannot be that form.
        """
        self._boundaries += chunk.count(self._boundary)
        if self._boundaries > BOUNDARIES_MAX:
            raise NotThisForm
        try:
            self._parser.write(chunk)
        except FormParserError:
            raise NotThisForm from None
        given, self._given = self._given, []
        return given

    def end(self) -> None:
        """The form has arrived.

        Raises:
            NotThisForm: it was cut off, or has no field for a file.
        """
        if not (self._is_whole and self._has_file):
            raise NotThisForm

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        self._headers[self._header.lower()] = self._value
        self._header = self._value = b""

    def _on_headers_finished(self) -> None:
        disposition = self._headers.get(b"content-disposition", b"").decode("latin-1")
        _, options = parse_options_header(disposition)
        self._in_file = b"filename" in options
        if not self._in_file:
            self._field = options.get(b"name", b"").decode("utf-8", "replace")
            return
        if self._has_file or options.get(b"name") != FIELD.encode():
            raise NotThisForm
        self._has_file = True
        # Browsers write the name in the page's encoding, which is UTF-8.
        self.name = options[b"filename"].decode("utf-8", "replace")

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._in_file:
            self._given.append(data[start:end])
            return
        self._others_bytes += end - start
        if self._others_bytes > FIELD_BYTES_MAX:
            raise NotThisForm
        self._text += data[start:end]

    def _on_part_end(self) -> None:
        if not self._in_file:
            self.fields.setdefault(self._field, self._text.decode("utf-8", "replace"))
            self._text.clear()

    def _on_end(self) -> None:
        self._is_whole = True
