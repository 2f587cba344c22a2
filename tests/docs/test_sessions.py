"""What the sessions on the pages show is what happens."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from freqgen.plugins import PluginHost
from tests.docs import sessions
from tests.docs.markdown import blocks, blocks_of
from tests.docs.plugins import builtin_host
from tests.installation import ROOT

PAGES = sorted(
    str(path.relative_to(ROOT))
    for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    if blocks_of(path, "console")
)


FIRST = next(
    command.line
    for block in blocks_of(ROOT / "README.md", "console")
    if not block.note
    for command in sessions.typed(block)
)
"""What the README shows, and the tutorial begins with."""


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sessions.Begun]:
    """The first command, run once. What is installed beside freqgen does not change the pages."""
    folder = tmp_path_factory.mktemp("begun")
    load = PluginHost.load

    def only_builtin(*_arguments: object, **_keywords: object) -> PluginHost:
        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(PluginHost, "load", load)
            return builtin_host()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PluginHost, "load", only_builtin)
        patch.chdir(folder)
        output = sessions.run(FIRST)
        yield sessions.Begun(FIRST, output, folder)


@pytest.mark.xdist_group("sessions")
@pytest.mark.parametrize("page", PAGES)
def test_sessions(
    page: str, begun: sessions.Begun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command of a page gives what the page shows."""
    monkeypatch.chdir(tmp_path)
    sessions.play(blocks_of(ROOT / page, "console"), begun)


@pytest.mark.xdist_group("sessions")
def test_python(
    begun: sessions.Begun,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The README's program prints what stands below it."""
    shutil.copytree(begun.folder, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    (program,) = blocks_of(ROOT / "README.md", "python")
    (expected,) = blocks_of(ROOT / "README.md", "text output")
    exec(compile(program.content, "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert sessions.matches(expected.content, printed), printed


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
        ("profit  -16.05%\n", "profit   -16.40%\n", True),
        ("profit  -16.05%\n", "profit  -10.05%\n", False),
        ("profit  -16.05%\n", "profit  +16.05%\n", False),
        ("RSI(14) 340\n", "RSI(14) 342\n", True),
        ("RSI(14) 340\n", "RSI(15) 340\n", False),
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
