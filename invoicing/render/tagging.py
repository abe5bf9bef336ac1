"""The structure of a tagged PDF (ISO 32000-1, 14.7 and 14.8): what a screen reader follows instead of the picture.

reportlab has no words for it, so the marks go into the page's content and the tree into the file by the objects that
reportlab itself writes with. What only belongs to the page, such as rules, repeated headers and page numbers, is an
artifact and not read out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFObject, PDFString
from reportlab.pdfgen.canvas import Canvas

Role = Literal["Document", "H1", "H2", "P", "Figure", "Table", "TR", "TH", "TD"]


@dataclass(slots=True)
class Element:
    """A node of the tree. A leaf has a place: the index of its page and of its mark on that page. `attributes` are
    those of its layout or table as the file has them.
    """

    role: Role
    alt: str = ""
    attributes: str = ""
    kids: list[Element] = field(default_factory=list)
    place: tuple[int, int] | None = None

    def add(self, role: Role, alt: str = "", attributes: str = "") -> Element:
        """A new last child."""
        child = Element(role, alt, attributes)
        self.kids.append(child)
        return child


@dataclass(slots=True)
class Tags:
    """The tree of one document while it is drawn. `lines` is the table of its lines, which goes over all pages."""

    canvas: Canvas
    root: Element = field(default_factory=lambda: Element("Document"))
    marked: list[list[Element]] = field(default_factory=list)
    lines: Element | None = None

    def begin_page(self) -> None:
        """What is marked from now on is on a new page."""
        self.marked.append([])

    @contextmanager
    def content(self, parent: Element, role: Role, alt: str = "", attributes: str = "") -> Iterator[None]:
        """What is drawn inside is a leaf of the tree."""
        page = self.marked[-1]
        leaf = parent.add(role, alt, attributes)
        leaf.place = (len(self.marked) - 1, len(page))
        self._write(f"/{role} <</MCID {len(page)}>> BDC")
        page.append(leaf)
        yield
        self._write("EMC")

    @contextmanager
    def artifact(self, repeated: Literal["", "Header", "Footer"] = "") -> Iterator[None]:
        """What is drawn inside is not part of what the document says; `repeated` is on each page."""
        kind = f"<</Type/Pagination/Subtype/{repeated}>> BDC" if repeated else "BMC"
        self._write(f"/Artifact {kind}")
        yield
        self._write("EMC")

    def write_tree(self) -> None:
        """Put the tree into the file. To be called once, after the last page and before saving."""
        document: Any = self.canvas._doc  # type: ignore[attr-defined]  # The stubs leave out what is not documented.
        pages: list[Any] = document.Pages.pages
        tree = PDFDictionary()
        root = document.Reference(tree)
        nodes: dict[int, Any] = {}
        top = _node(self.root, root, document, pages, nodes)
        numbers: list[Any] = []
        for index, (page, leaves) in enumerate(zip(pages, self.marked, strict=True)):
            page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
            page.StructParents, page.Tabs = index, PDFName("S")
            numbers += [index, PDFArray([nodes[id(leaf)] for leaf in leaves])]
        parents = document.Reference(PDFDictionary({"Nums": PDFArray(numbers)}))
        for key, value in (("Type", PDFName("StructTreeRoot")), ("K", top), ("ParentTree", parents)):
            tree[key] = value
        document.Catalog.StructTreeRoot = tree
        document.Catalog.MarkInfo = PDFDictionary({"Marked": "true"})

    def _write(self, code: str) -> None:
        self.canvas._code.append(code)  # type: ignore[attr-defined]  # The stubs leave out what is not documented.


class _Node(PDFObject):
    """An element as reportlab writes it among its own objects. A long table has thousands of them, so that the usual
    dictionaries would cost more than all the drawing.
    """

    # With this reportlab puts references to the object wherever it occurs.
    __RefOnly__ = 1

    def __init__(self, element: Element, parent: Any, page: Any, kids: list[Any]) -> None:
        self._element, self._parent, self._page, self._kids = element, parent, page, kids

    def format(self, document: Any) -> bytes:
        """The object's text in the file."""
        element = self._element
        parts = [b"<< /S /", element.role.encode(), b" /P ", self._parent.format(document)]
        if element.alt:
            parts += [b" /Alt ", PDFString(element.alt).format(document)]
        if element.attributes:
            parts += [b" /A ", element.attributes.encode()]
        if element.place is not None:
            parts += [b" /Pg ", self._page.format(document), b" /K ", str(element.place[1]).encode()]
        else:
            parts += [b" /K [ ", *(kid.format(document) + b" " for kid in self._kids), b"]"]
        return b"".join([*parts, b" >>"])


def _node(element: Element, parent: Any, document: Any, pages: list[Any], nodes: dict[int, Any]) -> Any:
    """The reference of an element that is put into the file with all below it."""
    kids: list[Any] = []
    page = document.Reference(pages[element.place[0]]) if element.place is not None else None
    own = document.Reference(_Node(element, parent, page, kids))
    nodes[id(element)] = own
    kids += [_node(kid, own, document, pages, nodes) for kid in element.kids]
    return own
