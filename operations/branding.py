"""The look of an organization's documents: keeping a logo, and printing each document as it was first printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlmodel import Session

from invoicing.appearance.branding import Branding, KeptLogo, is_kept_logo, logo_of_text
from invoicing.document.documents import Document
from invoicing.master_data.profiles import Profile
from invoicing.refusals import InvalidInput, Unavailable
from invoicing.remedies import Act
from invoicing.render.pdf import render_pdf
from storage.books import audit, branding, files
from storage.books.branding import PrintedWith
from storage.books.checks import PRINTING
from storage.books.pool import Books
from storage.books.profile import load_profile
from storage.files.kept import FileName, Files, Room, StoredFile

Value = str | bool | int

PLAIN = PrintedWith()
_MEDIA_TYPES = {".png": "image/png", ".jpg": "image/jpeg"}
_DAMAGED = "is damaged or missing: restore it from a backup."


@dataclass(frozen=True, slots=True)
class Print:
    """The choices that a document is printed with, and the logo's bytes."""

    choices: PrintedWith
    logo: bytes = b""

    async def pdf(self, books: Books, document: Document) -> bytes:
        """The document of these books as it is printed with these choices."""
        choices = self.choices
        branding = Branding(
            logo=self.logo,
            color=choices.color,
            second_language=choices.second_language,
            payment_qr=choices.payment_qr,
        )
        return await books.render(render_pdf, document, branding)


async def first_print(books: Books) -> Print:
    """What a document that has not been printed yet is printed with: the organization's choices of today.

    Raises:
        Unavailable: the logo is damaged.
    """
    profile = await books.read(load_profile)
    return await books.use_files(_with_logo, books.files, _choices(profile))


async def print_again(books: Books, document: Document) -> Print:
    """What a document was printed with at first, whatever the organization has chosen since.

    Raises:
        Unavailable: the logo, or the record of the choices, is damaged.
    """
    stored = await books.read(lambda db: branding.printed_with(db, document.id))
    if stored is None:
        return Print(PLAIN)
    choices = await books.use_files(branding.read_printed_with, books.files, stored)
    if choices is None:
        raise Unavailable(f"The record of how {document.number} was printed {_DAMAGED}", remedy=Act.EXAMINE)
    return await books.use_files(_with_logo, books.files, choices)


async def record_first_print(books: Books, made: StoredFile, printed: Print) -> StoredFile:
    """Put a document's first PDF on record together with what it was printed with. Of two that were made at once the
    first one stays, and is answered.
    """
    choices = None
    if printed.choices != PLAIN:
        choices = await books.use_files(branding.put_printed_with, books.files, printed.choices)
    return await books.record(lambda db: _record(db, books, made, choices))


async def keep_logo(books: Books, changes: Mapping[str, Value]) -> tuple[dict[str, Value], StoredFile | None]:
    """The changes of a profile, with the logo that is given as text checked, written down and named instead.

    Raises:
        InvalidInput, LimitExceeded: it is no logo that can be kept.
    """
    if "logo" not in changes:
        return dict(changes), None
    text = changes["logo"]
    if not isinstance(text, str):
        raise InvalidInput("logo must be a text: base64, or a data: URL.", field="logo")
    if not text.strip():
        return {**changes, "logo": "", "logo_sha256": ""}, None
    # Looked through as it came: whoever waits for that holds the text, and nothing that was made of it.
    logo = await books.look_through(logo_of_text, text)
    stored = await books.use_files(_put_logo, books.files, logo)
    return {**changes, "logo": stored.path, "logo_sha256": stored.sha256}, stored


def _choices(profile: Profile) -> PrintedWith:
    return PrintedWith(
        logo=profile.logo,
        logo_sha256=profile.logo_sha256,
        color=profile.brand_color,
        second_language=profile.second_language,
        payment_qr=profile.payment_qr,
    )


def _with_logo(kept: Files, choices: PrintedWith) -> Print:
    if not choices.logo:
        return Print(choices)
    logo = kept.read_named(choices.logo, choices.logo_sha256)
    # Whoever could change what is on record could otherwise have any picture decoded with every document.
    if logo is None or not is_kept_logo(logo):
        # Printing without it would stay for ever: the first print of a document is the one that is kept.
        raise Unavailable(
            f"The logo {_DAMAGED} Or set it anew, for documents that were not printed yet.", remedy=Act.EXAMINE
        )
    return Print(choices, logo)


def _record(db: Session, books: Books, made: StoredFile, choices: StoredFile | None) -> StoredFile:
    at = books.clock()
    kept = files.record_file(db, made, at=at)
    if kept is not made:
        return kept
    detail: dict[str, object] = {"file": made.path, "sha256": made.sha256, "printed_with": ""}
    if choices is not None:
        files.record_file(db, replace(choices, document_id=made.document_id), at=at)
        detail["printed_with"] = choices.sha256
    audit.record(db, PRINTING, made.document_id, at=at, by=books.actor, detail=detail)
    return kept


def _put_logo(kept: Files, logo: KeptLogo) -> StoredFile:
    named = FileName(f"logo{logo.suffix}", _MEDIA_TYPES[logo.suffix], branding.LOGO)
    return kept.put_once(Room.BRANDING, logo.content, named)
