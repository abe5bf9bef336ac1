"""The documentation as a site of its own: docs/ and the pages at the top, built by Zensical into build/site/.

`python -m deploy.site` is what `make site` runs, where Zensical is. The pages are laid out anew first:
README.md becomes the page one begins with, and a link to a file that is no page leads to a copy of that file. Then the
built pages are gone through: each link leads somewhere, anchors included, and nothing is loaded from elsewhere.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).parent.parent
BUILD = ROOT / "build"
TOP = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "security.md",
}
"""The pages beside docs/, and what they are called on the site."""

LINK = re.compile(r"(?<=\]\()(?!https?://|#|mailto:)([^)\s#]+)(?=[)#])")
_CONFIGURATION = """\
[project]
site_name = "Counterfoil"
site_description = "Invoicing of an accounting practice's clients from an AI assistant."
docs_dir = "pages"
site_dir = "site"
use_directory_urls = false
nav = {nav}

[project.theme]
font = false
features = ["navigation.sections", "navigation.top", "search.highlight", "toc.follow"]

[[project.theme.palette]]
scheme = "default"
media = "(prefers-color-scheme: light)"

[[project.theme.palette]]
scheme = "slate"
media = "(prefers-color-scheme: dark)"

[project.markdown_extensions.tables]
[project.markdown_extensions.sane_lists]
[project.markdown_extensions.pymdownx.highlight]
[project.markdown_extensions.pymdownx.superfences]
[project.markdown_extensions.toc]
permalink = true
slugify = {{ object = "pymdownx.slugs.slugify", kwds = {{ case = "lower" }} }}
"""

Nav = list[dict[str, Any]]


def place(name: str) -> str:
    """Where a file of the repository lies on the site, by its path from the top."""
    if name in TOP:
        return TOP[name]
    if name == "docs/decisions":
        return "decisions/index.md"
    return name.removeprefix("docs/") if name.startswith("docs/") else f"files/{name}"


def lay_out(pages: Path) -> None:
    """Write every page, with its links turned to where things lie on the site, and copy what they lead to."""
    names = [
        *TOP,
        *(path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "docs").rglob("*")) if path.is_file()),
    ]
    copied: set[str] = set()
    for name in names:
        to = pages / place(name)
        to.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".md"):
            to.write_text(turned(name, (ROOT / name).read_text("utf-8"), copied), "utf-8")
        else:
            shutil.copyfile(ROOT / name, to)
    for name in copied - set(names):
        to = pages / place(name)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, to)
    (pages / "decisions" / "index.md").write_text(list_of_decisions(), "utf-8")


def turned(name: str, text: str, copied: set[str]) -> str:
    """The page's text with the links of the site; files that links lead to are added to `copied`."""

    def link(match: re.Match[str]) -> str:
        target = os.path.normpath(PurePosixPath(name).parent / match[1]).replace(os.sep, "/")
        if (ROOT / target).is_file():
            copied.add(target)
        elif target != "docs/decisions":
            raise SystemExit(f"{name} leads to {match[1]}, which is no file.")
        return os.path.relpath(place(target), PurePosixPath(place(name)).parent).replace(os.sep, "/")

    return LINK.sub(link, text)


def list_of_decisions() -> str:
    """A page that names each decision."""
    lines = ["# Decisions", "", "Why it is built as it is.", ""]
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    lines += [f"- [{title(path)}]({path.name})" for path in decisions]
    return "\n".join(lines) + "\n"


def title(path: Path) -> str:
    """A page's heading."""
    return path.read_text("utf-8").splitlines()[0].removeprefix("# ")


def navigation() -> Nav:
    """The pages in the order of the README's tables, those that it names elsewhere, and parts of others."""
    readme = (ROOT / "README.md").read_text("utf-8")
    listed: Nav = [{"Counterfoil": "index.md"}]
    for heading, table in re.findall(r"^\| (to use it|how it works) \| \|\n((?:\|.*\n)+)", readme, re.MULTILINE):
        names = re.findall(r"\]\(docs/([^)#]+\.md)\)", table)
        if heading == "to use it":
            elsewhere = (path.name for path in sorted((ROOT / "docs").glob("*.md")))
            names += [name for name in elsewhere if not re.search(rf"^\|.*\(docs/{name}[)#]", readme, re.MULTILINE)]
        listed.append({heading.capitalize(): [{title(ROOT / "docs" / name): name} for name in names]})
    for heading, folder in (("AI clients", "clients"), ("Countries", "countries"), ("Decisions", "decisions")):
        names = [path.relative_to(ROOT / "docs").as_posix() for path in sorted((ROOT / "docs" / folder).glob("*.md"))]
        first: Nav = [{"All": "decisions/index.md"}] if folder == "decisions" else []
        listed.append({heading: [*first, *({title(ROOT / "docs" / name): name} for name in names)]})
    listed.append({"Project": [{title(ROOT / name): TOP[name]} for name in TOP if name != "README.md"]})
    return [one for one in listed if all(one.values())]


def as_toml(nav: Nav) -> str:
    """The navigation as a value of TOML, in which keys and texts are written as in JSON."""
    entries = (
        f"{{ {json.dumps(name)} = {json.dumps(value) if isinstance(value, str) else as_toml(value)} }}"
        for entry in nav
        for name, value in entry.items()
    )
    return f"[{', '.join(entries)}]"


class Page(HTMLParser):
    """What a built page leads to, loads, and can be led to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.anchors: set[str] = {""}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.anchors.add(given.get("id") or given.get("name", ""))
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "link" and given.get("rel") not in ("canonical", "prev", "next"):
            self.loads.append(given.get("href", ""))
        elif tag in ("script", "img", "iframe", "source") and "src" in given:
            self.loads.append(given["src"])


def faults(site: Path) -> list[str]:
    """What is wrong with the built site: links that lead nowhere, and what would be loaded from elsewhere."""
    pages = {path: Page(path.read_text("utf-8")) for path in sorted(site.rglob("*.html")) if path.name != "404.html"}
    found = []
    for path, page in pages.items():
        where = path.relative_to(site).as_posix()
        for address in [*page.links, *page.loads]:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                if address in page.loads and parts.scheme != "data":
                    found.append(f"{where} loads {address}")
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file():
                found.append(f"{where} leads to {address}, where nothing is")
            elif target in pages and unquote(parts.fragment) not in pages[target].anchors:
                found.append(f"{where} leads to {address}, which has no such anchor")
    elsewhere = re.compile(r"url\(\s*['\"]?(https?:)?//|@import\s+['\"]?https?:")
    styles = [path for path in sorted(site.rglob("*.css")) if elsewhere.search(path.read_text("utf-8"))]
    return found + [f"{path.relative_to(site)} loads from elsewhere" for path in styles]


def main() -> int:
    """The exit code: 0 where the site is built and nothing is wrong with it."""
    shutil.rmtree(BUILD / "pages", ignore_errors=True)
    shutil.rmtree(BUILD / "site", ignore_errors=True)
    lay_out(BUILD / "pages")
    (BUILD / "zensical.toml").write_text(_CONFIGURATION.format(nav=as_toml(navigation())), "utf-8")
    build = [sys.executable, "-m", "zensical", "build", "--strict", "--clean", "--config-file", "zensical.toml"]
    if code := subprocess.run(build, cwd=BUILD, check=False).returncode:
        return code
    wrong = faults(BUILD / "site")
    sys.stderr.write("".join(f"{one}\n" for one in wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
