"""The archive of PDFs: it verifies itself, and its names are safe wherever it is unpacked."""

from __future__ import annotations

import hashlib
import json
import subprocess
import zipfile
from datetime import date
from pathlib import Path

from invoicing.exports.archive import open_archive


def test_the_archive_verifies_itself_with_sha256sum(tmp_path: Path) -> None:
    with open_archive(tmp_path / "out.zip") as made:
        for number, content in (("INV-2026-00001", b"%PDF-1.7 one"), ("INV/2", b"%PDF-1.7 two")):
            made.add(number, content, hashlib.sha256(content).hexdigest())
        made.end({"organization": "nordlicht", "until": date(2026, 3, 31), "format": "mine"})
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path / "out")
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=tmp_path / "out", check=True)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    files = manifest.pop("files")
    assert manifest == {"format": "counterfoil-archive-1", "organization": "nordlicht", "until": "2026-03-31"}
    assert [(file["number"], file["name"], file["bytes"]) for file in files] == [
        ("INV-2026-00001", "INV-2026-00001.pdf", 12),
        ("INV/2", "INV-2.pdf", 12),
    ]
    (tmp_path / "out" / "INV-2.pdf").write_bytes(b"%PDF-1.7 TWO")
    assert subprocess.run(["sha256sum", "--check", "SHA256SUMS"], cwd=tmp_path / "out", check=False).returncode == 1


def test_names_in_the_archive_are_safe_and_unique_on_every_system(tmp_path: Path) -> None:
    numbers = ["../../etc/passwd", "C:\\x", "INV/1", "INV-1", "inv-1", "INV-1-2", "", "..", "-rf", "COM1", "nul.x"]
    with open_archive(tmp_path / "out.zip") as made:
        for number in [*numbers, "№ 5\n", "x" * 300]:
            made.add(number, b"x", hashlib.sha256(b"x").hexdigest())
        made.end({})
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        names = archive.namelist()[:-2]
    assert names == [
        "etc-passwd.pdf",
        "C--x.pdf",
        "INV-1.pdf",
        "INV-1-2.pdf",
        "inv-1-3.pdf",
        "INV-1-2-2.pdf",
        "document.pdf",
        "document-2.pdf",
        "rf.pdf",
        "document-COM1.pdf",
        "document-nul.x.pdf",
        "5-.pdf",
        f"{'x' * 100}.pdf",
    ]
    assert len({name.lower() for name in names}) == len(names)
