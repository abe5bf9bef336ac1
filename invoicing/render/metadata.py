"""What the file says about itself: in its information dictionary, and once more as XMP (ISO 16684-1), where it also
claims to follow PDF/UA-1 (ISO 14289-1, clause 5).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

from reportlab.pdfbase.pdfdoc import XMP
from reportlab.pdfgen.canvas import Canvas

PROGRAM = "Counterfoil"

_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>{program}</xmp:CreatorTool>
<xmp:CreateDate>{day}</xmp:CreateDate>
<xmp:ModifyDate>{day}</xmp:ModifyDate>
<pdf:Producer>{program}</pdf:Producer>
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the file says about itself. `day` is the document's own: a file that is made again is the same."""

    title: str
    author: str
    subject: str
    language: str
    day: date


def describe(canvas: Canvas, metadata: Metadata) -> None:
    """Put the metadata into the file. Of the moment of printing there is nothing in it."""
    title, author, subject = map(one_line, (metadata.title, metadata.author, metadata.subject))
    canvas.setTitle(title)
    canvas.setAuthor(author)
    canvas.setSubject(subject)
    canvas.setCreator(PROGRAM)
    canvas.setProducer(PROGRAM)
    canvas.setViewerPreference("DisplayDocTitle", "true")
    # The day is all that is known of the moment; a date without a time is one too (ISO 32000-1, 7.9.4).
    canvas.setDateFormatter(lambda *_: f"D:{metadata.day:%Y%m%d}")
    packet = _PACKET.format(
        title=escape(title),
        author=escape(author),
        subject=escape(subject),
        language=escape(metadata.language),
        day=metadata.day.isoformat(),
        program=PROGRAM,
    )
    document: Any = canvas._doc  # type: ignore[attr-defined]  # The stubs leave out what is not documented.
    document.Catalog.Metadata = XMP(creator=lambda _: packet.encode())


def one_line(text: str) -> str:
    """A text as the file can have it beside its pages: on one line, without what cannot be encoded."""
    # Half a surrogate pair cannot be encoded, and a control character is not allowed in XML; metadata otherwise keeps
    # characters that the faces lack.
    plain = "".join(character for character in text if character.isspace() or _is_xml(character))
    return " ".join(plain.encode("utf-8", "replace").decode("utf-8").split())


def _is_xml(character: str) -> bool:
    return character >= " " and character not in "\ufffe\uffff"
