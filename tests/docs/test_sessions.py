"""What the sessions on the pages show is what happens."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from freqgen.main import main
from tests.docs import sessions
from tests.docs.json_fields import ERROR, VERBS, VERSIONS, undocumented
from tests.docs.json_objects import Field
from tests.docs.markdown import blocks, blocks_of
from tests.installation import ROOT

PAGES = sorted(
    str(path.relative_to(ROOT))
    for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    if blocks_of(path, "console")
)


@pytest.mark.xdist_group("sessions")
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("here")
def test_sessions(page: str, begun: sessions.Begun) -> None:
    """Every command of a page gives what the page shows."""
    sessions.play(blocks_of(ROOT / page, "console"), begun)


@pytest.mark.xdist_group("sessions")
def test_python(begun: sessions.Begun, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The README's program prints what stands below it; its result is documented as JSON."""
    shutil.copytree(begun.folder, here, dirs_exist_ok=True)
    (program,) = blocks_of(ROOT / "README.md", "python")
    (expected,) = blocks_of(ROOT / "README.md", "text output")
    names: dict[str, Any] = {}
    exec(compile(program.content, "README.md", "exec"), names)
    printed = capsys.readouterr().out
    assert sessions.matches(expected.content, printed), printed
    result = names["result"]
    assert undocumented(result.to_dict(), VERBS["generate"]) == []
    backtested = {"market": "synthetic", "results": [result.backtest.to_dict(trade_list=True)]}
    assert undocumented(backtested, VERBS["backtest"]) == []


NAME = "RsiBollingerReversion"
BRIEF = "Buy when RSI(14) is below 30 and all is well. Sell when RSI rises above 70. 1h candles."
ASKED: list[tuple[str, list[str], list[Field]]] = [
    ("list-plugins", ["list-plugins"], VERBS["list-plugins"]),
    ("list-indicators", ["list-indicators", "band"], VERBS["list-indicators"]),
    ("design", ["design", BRIEF, "--ignore-unread", "-o", "design.json"], VERBS["design"]),
    ("code", ["code", "design.json", "-o", "one.py"], VERBS["code"]),
    ("validate", ["validate", "one.py"], VERBS["validate"]),
    ("validate-several", ["validate", "--static", "one.py", "wrong.py"], VERBS["validate"]),
    ("backtest", ["backtest", "--demo", "one.py", "wrong.py"], VERBS["backtest"]),
    ("doctor", ["doctor"], VERBS["doctor"]),
    ("list", ["list"], VERBS["list"]),
    ("show", ["show", NAME], VERBS["show"]),
    ("show-code", ["show", NAME, "--code"], VERBS["show"]),
    ("show-design", ["show", NAME, "--design"], VERBS["show"]),
    ("show-findings", ["show", NAME, "--findings"], VERBS["show"]),
    ("reject", ["reject", NAME, "--reason", "why not"], VERBS["reject"]),
    ("approve", ["approve", NAME], VERBS["approve"]),
    ("version", ["--version"], VERSIONS),
    ("error", ["show", "Nobody"], ERROR),
]


@pytest.mark.soak
@pytest.mark.xdist_group("sessions")
def test_json_is_documented(
    begun: sessions.Begun, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every field of what verbs really print is on the page."""
    shutil.copytree(begun.folder, here, dirs_exist_ok=True)
    (here / "wrong.py").write_text("import os\n", encoding="utf-8")
    missing = {}
    for name, arguments, fields in ASKED:
        main([*arguments, "--json"])
        data = json.loads(capsys.readouterr().out)
        assert data.pop("schema") == "freqgen/1"
        assert data.pop("ok") is (name != "error"), data
        missing[name] = undocumented(data, fields)
    assert missing == {name: [] for name, *_ in ASKED}


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
