"""Small pieces of Markdown: tables, generated regions, code blocks, headings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^```([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; bars and line ends within cells are made harmless."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(_cell(cell) for cell in line) + " |\n" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")


def with_region(page: str, name: str, content: str) -> str:
    """Replace what stands between ``<!-- begin NAME … -->`` and ``<!-- end NAME -->``.

    :raises ValueError: If the page has no such region.
    """
    pattern = rf"(<!-- begin {re.escape(name)}\b[^\n]*-->\n).*?(<!-- end {re.escape(name)} -->)"
    new, count = re.subn(
        pattern,
        lambda match: f"{match[1]}\n{content.strip()}\n\n{match[2]}",
        page,
        flags=re.DOTALL,
    )
    if count != 1:
        raise ValueError(f"the page has {count} regions {name}")
    return new


@dataclass(frozen=True)
class Block:
    """A fenced block of code.

    :param info: What stands behind the opening fence, as in ``python`` or ``text wrong``.
    :param line: Line of the opening fence, from 1.
    :param note: The HTML comment on the line before it, or nothing.
    """

    info: str
    content: str
    line: int
    note: str

    @property
    def id(self) -> str:
        """A name for a parametrised test."""
        return f"line-{self.line}"


def blocks(page: str) -> list[Block]:
    """All fenced blocks of a page."""
    found = []
    for match in _FENCE.finditer(page):
        before = page[: match.start()].rstrip().rpartition("\n")[2]
        note = re.fullmatch(r"<!-- (.*?) -->", before)
        found.append(
            Block(
                info=match[1].strip(),
                content=match[2],
                line=page.count("\n", 0, match.start()) + 1,
                note=note[1] if note else "",
            )
        )
    return found


def blocks_of(path: Path, info: str) -> list[Block]:
    """The blocks of a file with this text behind the opening fence."""
    return [b for b in blocks(path.read_text(encoding="utf-8")) if b.info == info]


def anchors(page: str) -> set[str]:
    """The anchors that GitHub makes of a page's headings."""
    text = _FENCE.sub("", page)
    found: set[str] = set()
    for heading in re.findall(r"^#{1,6} +(.+?) *$", text, re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        anchor = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        found.add(anchor)
    return found


def links(page: str) -> list[str]:
    """The targets of a page's links, those in code left out."""
    text = re.sub(r"`[^`\n]*`", "", _FENCE.sub("", page))
    return re.findall(r"\]\(([^)\s]+)\)", text)
