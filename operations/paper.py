"""The paper of a document as it is shown on a page: its PDF, and its pages as pictures."""

from __future__ import annotations

from dataclasses import dataclass

from invoicing.document.documents import Document
from invoicing.refusals import NotFound
from invoicing.render.pictures import PagePicture, picture_of_page, shapes_of_pages
from operations.branding import first_print
from operations.file_readers import FileReader
from operations.files import read_file, render_document
from storage.books.pool import Books
from storage.files.kept import StoredFile


@dataclass(frozen=True, slots=True)
class Paper:
    """The PDF of an issued document, the same bytes every time."""

    file: StoredFile
    pdf: bytes


async def paper_of(books: Books, key: str, *, reader: FileReader) -> Paper:
    """The paper of a document.

    Raises:
        NotFound, Conflict, Unavailable: as `render_document` and `read_file` say.
    """
    made = await render_document(books, key, file_format="pdf")
    return Paper(*await read_file(books, made.file.id, reader=reader))


async def shapes_of(books: Books, paper: Paper) -> tuple[tuple[int, int], ...]:
    """Width and height of each of its pages, in points."""
    return await books.use_files(shapes_of_pages, paper.pdf)


async def picture_of(books: Books, pdf: bytes, page: int, *, width: int) -> PagePicture:
    """A page, which counts from 1, as a picture so many pixels wide.

    Raises:
        NotFound: it has fewer pages.
    """
    picture = await books.render(picture_of_page, pdf, page, width)
    if not 1 <= page <= picture.pages:
        raise NotFound("The document has no such page.")
    return picture


async def printed_as_draft(books: Books, document: Document) -> bytes:
    """The PDF of a document that is not issued, as it would be printed now: nothing is kept."""
    printed = await first_print(books)
    return await printed.pdf(books, document)
