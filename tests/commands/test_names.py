"""Names from outside, in messages: each message stays on its line, and no terminal obeys it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from freqgen.exceptions import EngineError
from freqgen.printable import command_line, on_one_line, printable
from tests.commands.conftest import Run

ODD = "e\x1b[31m\n::error::x"
"""A CI system would take a line that begins so for a command to it."""
SHOWN = r"e\x1b[31m\n::error::x"

ASKED: list[tuple[str, ...]] = [
    ("validate", "--static", f"{ODD}.py"),
    ("validate", "--static", "{here}", "--userdir", ODD),
    ("validate", "--static", "{here}", "-c", f"{ODD}.json"),
    ("validate", "--static", "{here}", "-c", f"there{ODD}.json"),
    ("validate", "--static", "{here}", "--logfile", f"{ODD}/log"),
    ("validate", "{here}", "-d", f"{ODD}-none"),
    ("validate", "--static", "{here}", f"--sarif={ODD}/x.sarif"),
    ("validate", "--static", "{here}", f"--sarif=there{ODD}.json"),
    ("design", "Buy when RSI(14) is below 30.", "-o", f"{ODD}/design.json"),
    ("design", "Buy when RSI(14) is below 30.", "-o", f"there{ODD}.json"),
    ("code", f"{ODD}.json"),
    ("code", f"there{ODD}.json"),
    ("generate", f"there{ODD}.json"),
    ("backtest", f"{ODD}.py"),
    ("list", "--userdir", f"{ODD}-none"),
    ("show", ODD),
    (ODD,),
    ("list", f"--{ODD}"),
]


@pytest.mark.parametrize("words", ASKED, ids=lambda words: " ".join(words[:2] + words[3:4]))
def test_no_line_begins_with_them(words: tuple[str, ...], run: Run, tmp_path: Path) -> None:
    (tmp_path / "here.py").write_text("x = 1\n", encoding="utf-8")
    Path(tmp_path, "there" + ODD.replace("/", "") + ".json").write_text("no JSON", encoding="utf-8")
    done = run(*(word.replace("{here}", "here.py") for word in words))
    assert done.code in {2, 3}, done.err
    for line in (done.out + done.err).split("\n"):
        assert not line.lstrip().startswith("::error"), done.err
        assert "\x1b" not in line


def test_a_name_is_shown_as_python_writes_it() -> None:
    assert printable(Path(ODD)) == SHOWN
    assert printable("Ünïcödé 日本.py") == "Ünïcödé 日本.py"
    assert printable("right\u202eto left") == r"right\u202eto left"


def test_a_message_is_one_line() -> None:
    assert on_one_line("first\r\n   second\x1b[2J") == r"first second\x1b[2J"
    error = EngineError("the engine said:\n::error::no", hint="first\nsecond")
    assert error.message == str(error) == "the engine said: ::error::no"
    assert error.hint == "first\nsecond"


@pytest.mark.parametrize("word", ["plain", "two words", "it's", "a\nb", "it's\ta\\n\x1b[0m", ""])
def test_what_is_to_be_typed_gives_the_same_word(word: str) -> None:
    typed = command_line(["printf", "%s", word])
    assert "\n" not in typed
    done = subprocess.run(["bash", "-c", typed], capture_output=True, text=True, check=True)
    assert done.stdout == word
