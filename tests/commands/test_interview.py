"""``freqgen generate`` without words, on a real terminal, as its own process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from freqgen.commands import interview
from freqgen.commands.interview import ACCEPT, REFUSE, STOP, TARGET, TIMEFRAME, WORDS
from freqgen.exceptions import UsageError
from tests.commands.conftest import BRIEF
from tests.commands.terminal import CLEAR, CTRL_C, CTRL_D, DOWN, Terminal
from tests.installation import ROOT

IDEA = "Buy when RSI(14) is below 30. Sell when RSI rises above 70."
QUESTIONS = (
    "The idea, in a sentence or two:",
    "Pairs, as in BTC/USDT, ETH/USDT:",
    "Length of a candle:",
    "Stop loss in percent:",
    "Percent of the wallet to lose when the stop is hit:",
)
CHOICE = "What shall be done with it?"
CHOICES = (ACCEPT, WORDS, TIMEFRAME, STOP, TARGET, REFUSE)

Start = Callable[..., Terminal]


@pytest.fixture
def start(tmp_path: Path, market: Path) -> Start:
    """Start the command on a terminal, in an empty folder."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "plugins")])}

    def start(*arguments: str) -> Terminal:
        place = ("--userdir", str(tmp_path / "u"), "-d", str(market))
        return Terminal(
            ["-m", "freqgen", "generate", *place, *arguments], env=environment, cwd=str(tmp_path)
        )

    return start


def choose(terminal: Terminal, choice: str, among: tuple[str, ...] = CHOICES) -> None:
    terminal.answer(CHOICE, DOWN * among.index(choice))


def written(tmp_path: Path) -> list[str]:
    """Files of the user directory, but for the log of what was asked."""
    files = (path for path in (tmp_path / "u").rglob("*") if path.is_file())
    return [path.name for path in files if path.name != "audit.jsonl"]


@pytest.mark.slow
def test_from_questions_to_a_strategy(start: Start, tmp_path: Path) -> None:
    """Asked, shown in words, changed in fields and words, accepted, and stored as agreed on."""
    with start() as terminal:
        terminal.answer(QUESTIONS[0], "Buy low")
        for question, said in zip(QUESTIONS[1:], ("ETH/USDT", DOWN * 6, "3", ""), strict=True):
            terminal.answer(question, said)
        # No rule is read in it, so other words are asked for, and nothing else again.
        terminal.wait_for("warning:")
        terminal.answer(QUESTIONS[0], CLEAR + IDEA)
        terminal.wait_for("rsi is below 30")
        terminal.wait_for("stop loss at a move of 3 %")
        choose(terminal, TARGET)
        terminal.answer("Target in percent:", "6")
        terminal.wait_for("take profit at 6 %")
        choose(terminal, STOP)
        terminal.answer("Stop loss in percent:", CLEAR + "4")
        terminal.wait_for("stop loss at a move of 4 %")
        choose(terminal, WORDS)
        terminal.answer(QUESTIONS[0], CLEAR + IDEA.replace("30", "28"))
        terminal.wait_for("rsi is below 28")
        terminal.wait_for("stop loss at a move of 4 %")
        terminal.wait_for("take profit at 6 %")
        choose(terminal, ACCEPT)
        terminal.wait_for("Decision")
        terminal.wait_for("freqgen show")
        assert terminal.ended() == 0, terminal.text
    assert not terminal.shows("Traceback")
    (strategy,) = (tmp_path / "u" / "strategies").glob("*.py")
    assert "rsi is below 28" in strategy.read_text()
    shown = subprocess.run(
        [sys.executable, "-m", "freqgen", "show", strategy.stem, "--json", "--userdir", "u"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "plugins")])},
        capture_output=True,
        check=True,
    )
    record = json.loads(shown.stdout)["record"]
    assert record["brief"] == IDEA.replace("30", "28")
    assert record["constraints"] == {
        "timeframe": "1h",
        "stoploss": -0.04,
        "take_profit": 0.06,
        "pairs": ["ETH/USDT"],
    }
    assert record["design"]["risk"]["take_profit"] == 0.06
    assert record["reading"]["read"]


def test_what_is_given_is_not_asked_for_and_refusing_writes_nothing(
    start: Start, tmp_path: Path
) -> None:
    """And a design that cannot be tested cannot be accepted before it is changed."""
    given = ("-p", "BTC/USDT", "-i", "5m", "--stoploss", "-0.02", "--risk-per-trade", "0.01")
    with start(*given) as terminal:
        terminal.answer(QUESTIONS[0], IDEA)
        terminal.wait_for("5m candles")
        terminal.wait_for("warning:")
        without = tuple(choice for choice in CHOICES if choice != ACCEPT)
        choose(terminal, TIMEFRAME, without)
        terminal.answer(QUESTIONS[2], DOWN * 6)
        terminal.wait_for("1h candles")
        choose(terminal, REFUSE)
        assert terminal.ended() == 3
    assert terminal.shows("Refused; no code was written")
    assert not [
        question for question in QUESTIONS[1:2] + QUESTIONS[3:] if question in terminal.text
    ]
    assert written(tmp_path) == []


def test_a_wrong_answer_is_told_and_asked_again(start: Start, tmp_path: Path) -> None:
    with start("-i", "1h") as terminal:
        terminal.answer(QUESTIONS[0])
        terminal.wait_for("say when to buy and when to sell")
        terminal.press(IDEA + "\r")
        terminal.answer(QUESTIONS[1], "BTC")
        terminal.wait_for('"BTC" is no pair')
        terminal.press("/USDT\r")
        terminal.answer(QUESTIONS[3], "much")
        terminal.wait_for("this is no number")
        terminal.press(CLEAR + "150\r")
        terminal.wait_for("150 % cannot be meant")
        terminal.press(CTRL_C)
        assert terminal.ended() == 130
    assert written(tmp_path) == []


@pytest.mark.parametrize(
    ("number", "key"),
    [(0, CTRL_C), (1, CTRL_D), (2, CTRL_C)],
    ids=["first with Ctrl-C", "second with Ctrl-D", "last with Ctrl-C"],
)
def test_ended_at_a_question_nothing_is_written(
    start: Start, tmp_path: Path, number: int, key: str
) -> None:
    asked = (QUESTIONS[0], QUESTIONS[1], CHOICE)
    with start("-i", "1h", "--stoploss", "-0.02", "--risk-per-trade", "0.01") as terminal:
        for question in asked[:number]:
            terminal.answer(question, IDEA if question == QUESTIONS[0] else "")
        terminal.wait_for(asked[number])
        terminal.press(key)
        assert terminal.ended() == 130
    assert terminal.shows("interrupted; nothing is half-written")
    assert not terminal.shows("Traceback")
    assert written(tmp_path) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--yes",), "no idea to work on"),
        (("--json",), "no idea to work on"),
        (("--code-model", "nobody"), 'no provider "nobody"'),
        (("-p", "Buy the dip"), '-p took "Buy the dip" for a pair'),
        (("--stoploss", "2"), "--stoploss 2: must be less than 0"),
    ],
    ids=["yes", "json", "model", "swallowed", "constraint"],
)
def test_no_question_where_none_helps(
    start: Start, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    """On a terminal too, it is one error that says what to do."""
    with start(*arguments) as terminal:
        assert terminal.ended() == 2, terminal.text
    assert terminal.shows(says)
    assert not terminal.shows(QUESTIONS[0])
    assert written(tmp_path) == []


@pytest.mark.parametrize("piped", ["stdin", "stdout"])
def test_a_pipe_is_never_asked(tmp_path: Path, piped: str) -> None:
    """Half a terminal is none."""
    ours, theirs = os.openpty()
    streams: dict[str, int] = {"stdin": theirs, "stdout": theirs, piped: subprocess.PIPE}
    try:
        done = subprocess.Popen(
            [sys.executable, "-m", "freqgen", "generate", "--userdir", "u"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "plugins")])},
            stderr=subprocess.PIPE,
            **streams,  # type: ignore[call-overload]
        )
        _, said = done.communicate(timeout=60)
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.returncode == 2
    assert "there is no idea to work on" in said.decode()
    assert "--design FILE; or leave all out on a terminal, to be asked" in said.decode()


@pytest.mark.parametrize(
    ("field", "said", "text"),
    [
        ("stoploss", "3", "-0.03"),
        ("stoploss", "-2.5 %", "-0.025"),
        ("stoploss", "", None),
        ("take_profit", "6%", "0.06"),
        ("risk_per_trade", " 1 ", "0.01"),
    ],
)
def test_percentages_become_ratios(field: str, said: str, text: str | None) -> None:
    assert interview._ratio(field, said) == text


@pytest.mark.parametrize(
    ("field", "said", "message"),
    [
        ("stoploss", "150", "150 % cannot be meant"),
        ("take_profit", "-3", "-3 % cannot be meant"),
        ("risk_per_trade", "x", "x: this is no number"),
    ],
)
def test_other_answers_are_refused(field: str, said: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        interview._ratio(field, said)


def test_words_given_are_never_asked_about(start: Start, tmp_path: Path) -> None:
    """With an idea it goes the whole way as it does in a script."""
    with start(BRIEF, "-i", "7h") as terminal:
        assert terminal.ended() == 2
    assert terminal.shows('"7h" is no timeframe')
    assert not terminal.shows(CHOICE)
