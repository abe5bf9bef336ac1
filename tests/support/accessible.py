"""A checker of what PDF/UA-1 (ISO 14289-1) wants of a file, as far as a program can tell and our pages can break it.

It walks the file by another library than the one that wrote it. The numbers are those of the Matterhorn protocol 1.1.
Colour contrast, the sense of alternative texts and whether the reading order is a good one are for people.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf

ROLES = frozenset("Document H1 H2 P Figure Table TR TH TD".split())
_DRAWS = frozenset("Tj TJ ' \" f F f* B B* b b* S s Do sh BI INLINE IMAGE EI".split())
_WITHIN = {"Table": {"TR"}, "TR": {"TH", "TD"}}


@dataclass(slots=True)
class Leaf:
    """An element with content: its role, its words and its alternative text, in the order of the tree."""

    role: str
    text: str
    alt: str = ""


@dataclass(slots=True)
class Reading:
    """What a program finds that reads the tree: its leaves, and what is wrong with the file."""

    leaves: list[Leaf] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def read(pdf: bytes) -> Reading:
    """The texts of a file as a screen reader takes them, and each point that it fails."""
    reading = Reading()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        _check_file(opened, pdf, reading)
        contents = [_page_contents(page, reading) for page in opened.pages]
        tree = opened.Root.get("/StructTreeRoot")
        if tree is None:
            reading.faults.append("01-005: no structure tree")
            return reading
        numbers = {page.objgen: index for index, page in enumerate(opened.pages)}
        _Walk(reading, contents, numbers, tree).element(tree.K, "")
        _check_headings(reading)
        for index, page in enumerate(contents):
            if page:
                reading.faults.append(f"01-005: marks {sorted(page)} of page {index + 1} are in no element")
    return reading


def _check_file(opened: Any, pdf: bytes, reading: Reading) -> None:
    root, fault = opened.Root, reading.faults.append
    if not pdf.startswith(b"%PDF-1.7"):
        fault("the header is not that of PDF 1.7")
    if root.get("/Metadata") is None:
        fault("06-001: no XMP")
    else:
        packet = root.Metadata.read_bytes().decode()
        if "<pdfuaid:part>1</pdfuaid:part>" not in packet:
            fault("06-002: no claim of PDF/UA")
        if not re.search(r"<dc:title>.*<rdf:li[^>]*>[^<]+</rdf:li>", packet):
            fault("06-003: no dc:title")
        with opened.open_metadata() as metadata:
            day = str(opened.docinfo["/CreationDate"]).removeprefix("D:")
            if metadata["xmp:CreateDate"].replace("-", "") != day or metadata["xmp:ModifyDate"].replace("-", "") != day:
                fault("XMP and document information have different dates")
    if root.get("/ViewerPreferences", {}).get("/DisplayDocTitle") is not True:
        fault("07-001: the title is not shown")
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?", str(root.get("/Lang", ""))):
        fault("11-006: no language")
    if root.get("/MarkInfo", {}).get("/Marked") is not True:
        fault("06-002: not marked")
    if opened.is_encrypted:
        fault("26-001: encrypted")
    for page in opened.pages:
        if page.get("/Tabs") != "/S" or "/Annots" in page:
            fault("28-009: the order of tabs, or an annotation without a tag")
        for font in page.Resources.get("/Font", {}).values():
            _check_font(font, reading)


def _check_font(font: Any, reading: Reading) -> None:
    name = str(font.BaseFont)
    descriptor = font.get("/FontDescriptor")
    if descriptor is None or "/FontFile2" not in descriptor:
        reading.faults.append(f"31-009: {name} is not embedded")
        return
    if "/ToUnicode" not in font:
        reading.faults.append(f"10-001: {name} has no ToUnicode")
    data = descriptor.FontFile2.read_bytes()
    count = struct.unpack(">H", data[4:6])[0]
    tables = [struct.unpack(">4sLLL", data[12 + 16 * index : 28 + 16 * index]) for index in range(count)]
    cmaps = [struct.unpack(">H", data[offset + 2 : offset + 4])[0] for tag, _, offset, _ in tables if tag == b"cmap"]
    if "/Encoding" in font or cmaps != [1]:
        reading.faults.append(f"31-012: {name} is symbolic and has an encoding, or several")


def _page_contents(page: Any, reading: Reading) -> dict[int, str]:
    """The words of each mark of a page; what is drawn outside all marks and artifacts is a fault."""
    words: dict[int, str] = {}
    inside: list[int | None] = []
    characters: dict[int, str] = {}
    fonts = {name: _characters(font) for name, font in page.Resources.get("/Font", {}).items()}
    for instruction in pikepdf.parse_content_stream(page):
        operands, code = instruction.operands, str(instruction.operator)
        if code in ("BDC", "BMC"):
            if inside:
                reading.faults.append("01-003: marked content inside marked content")
            inside.append(_mark(operands))
            if inside[-1] is not None:
                words[inside[-1]] = ""
        elif code == "EMC":
            inside.pop()
        elif code == "Tf":
            characters = fonts[str(operands[0])]
        elif code in _DRAWS and not inside:
            reading.faults.append(f"01-005: {code} outside of tags")
        elif code == "Tj" and inside[-1] is not None:
            text = "".join(characters.get(byte, "\ufffd?") for byte in bytes(operands[0]))
            words[inside[-1]] += text
    return words


def _mark(operands: Any) -> int | None:
    if str(operands[0]) == "/Artifact":
        return None
    return int(operands[1].MCID)


def _characters(font: Any) -> dict[int, str]:
    """What each code of a font means, by its ToUnicode map."""
    text = font.ToUnicode.read_bytes().decode("ascii")
    return {
        int(code, 16): bytes.fromhex(target).decode("utf-16-be")
        for block in re.findall(r"beginbfchar(.*?)endbfchar", text, re.DOTALL)
        for code, target in re.findall(r"<(\w+)>\s*<(\w+)>", block)
    }


@dataclass(slots=True)
class _Walk:
    """On the way through the tree. Each mark is taken out of its page: what is left in the end has no element."""

    reading: Reading
    contents: list[dict[int, str]]
    numbers: dict[Any, int]
    tree: Any

    def element(self, node: Any, parent: str) -> None:
        role = str(node.S).removeprefix("/")
        fault = self.reading.faults.append
        if role not in ROLES:
            fault(f"02-001: {role} is no role of ours")
        if role not in _WITHIN.get(parent, ROLES - {"TR", "TH", "TD"}):
            fault(f"09-004: {role} inside {parent}")
        alt = str(node.get("/Alt", ""))
        kids = node.get("/K", [])
        attributes = node.get("/A", {})
        if isinstance(kids, int):
            page = self.numbers[node.Pg.objgen]
            text = self.contents[page].pop(kids, None)
            if text is None or self._parent(page)[kids].objgen != node.objgen:
                fault("01-005: an element without its content, or missing in the parent tree")
            self.reading.leaves.append(Leaf(role, text or "", alt))
            if role in ("H1", "H2", "P") and not (text or "").strip():
                fault(f"{role} says nothing")
        if role == "Figure" and not (alt.strip() and "/BBox" in attributes):
            fault("13-004: a figure without alternative text or box")
        if role == "TH" and attributes.get("/Scope") not in ("/Row", "/Column"):
            fault("15-003: a head without scope")
        if role == "Table":
            widths = {sum(int(cell.get("/A", {}).get("/ColSpan", 1)) for cell in _kids(row)) for row in _kids(node)}
            if len(widths) != 1:
                fault(f"15-004: rows of {sorted(widths)} cells")
        for kid in _kids(node):
            self.element(kid, role)

    def _parent(self, page: int) -> Any:
        entries = list(self.tree.ParentTree.Nums)
        return dict(zip(map(int, entries[::2]), entries[1::2], strict=True))[page]


def _kids(node: Any) -> Iterator[Any]:
    kids = node.get("/K", [])
    return iter(()) if isinstance(kids, int) else iter(kids)


def _check_headings(reading: Reading) -> None:
    levels = [leaf.role for leaf in reading.leaves if leaf.role.startswith("H")]
    if levels[:1] != ["H1"] or levels.count("H1") != 1:
        reading.faults.append("14-002: the first heading is not the only one of the first level")
