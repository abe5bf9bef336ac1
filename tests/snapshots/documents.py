"""Draws the five documents of countries that tests/support/country_samples.py makes, each as PDF and as picture.

`python -m tests.snapshots.documents FOLDER DE FR` (make documents COUNTRY="DE FR"); without a country, all of them.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.support.country_samples import five_documents, sampled_countries
from tests.support.printed import pages_of, picture


async def draw(folder: Path, code: str) -> None:
    """The five of one country, as files in the folder."""
    with tempfile.TemporaryDirectory() as data:
        async for kind, pdf in five_documents(Path(data) / "data", code):
            name = f"{code.lower()}-{kind.replace('_', '-')}"
            (folder / f"{name}.pdf").write_bytes(pdf)
            for page in range(len(pages_of(pdf))):
                picture(pdf, page).save(folder / f"{name}-{page + 1}.png", optimize=True)


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for code in sys.argv[2:] or sampled_countries():
        asyncio.run(draw(folder, code.upper()))
        print(f"{code.upper()}: five documents in {folder}")


if __name__ == "__main__":
    main()
