"""What the sessions on the pages show is what happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs import sessions
from tests.docs.markdown import blocks, blocks_of
from tests.installation import ROOT

PAGES = sorted(
    str(path.relative_to(ROOT))
    for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    if blocks_of(path, "console")
)


@pytest.mark.parametrize("page", PAGES)
def test_sessions(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command of a page gives what the page shows."""
    sessions.play(blocks_of(ROOT / page, "console"), tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("expected", "got", "same"),
    [
        ("a\n", "a\n", True),
        ("a\n", "b\n", False),
        ("a\n", "a\nb\n", False),
        ("a\n…\nd\n", "a\nb\nc\nd\n", True),
        ("a\n…\nd\n", "a\nd\n", True),
        ("a\n…\nd\n", "a\nb\n", False),
        ("id …, new\n", "id 3f, new  \n", True),
        ("id … new\n", "id 3f\nnew\n", False),
        ("", "", True),
        ("", "a\n", False),
        ("(a) [b] *\n", "(a) [b] *\n", True),
    ],
)
def test_matching(expected: str, got: str, same: bool) -> None:
    """Dots stand for anything on their line, or for any lines."""
    assert sessions.matches(expected, got) is same


def test_blocks_are_found() -> None:
    """Blocks know their line, what stands behind the fence and the note above it."""
    page = (
        "text\n\n<!-- not run: why -->\n```console\n$ a \\\n> b\nout\n$ c\n```\n\n"
        "```json\n{}\n```\n"
    )
    first, second = blocks(page)
    assert (first.info, first.line, first.note) == ("console", 4, "not run: why")
    assert list(sessions.typed(first)) == [
        sessions.Typed("a b", "out\n"),
        sessions.Typed("c", ""),
    ]
    assert (second.info, second.content, second.note) == ("json", "{}\n", "")


@pytest.mark.parametrize(
    "line",
    [
        "freqgen generat x",
        "freqgen list --bogus",
        "make bogus",
        "pip install other",
        "rm -rf /",
    ],
)
def test_wrong_commands_are_noticed(line: str) -> None:
    """A command that could not be typed does not pass as one that is not run."""
    with pytest.raises((ValueError, AssertionError)):
        sessions.check(line)
