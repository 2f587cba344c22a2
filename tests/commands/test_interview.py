"""``freqgen generate`` without words, on a real terminal, as its own process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from freqgen.commands.editing import EDITS, HOLDING, RISK, STOP, TARGET, TRADES, Edit, answered
from freqgen.commands.interview import (
    ACCEPT,
    CHOICES,
    DIRECTION,
    PAIRS,
    REFUSE,
    TIMEFRAME,
    WORDS,
)
from freqgen.exceptions import UsageError
from freqgen.settings import RiskLimits
from freqgen.testing import a_design
from tests.commands.conftest import BRIEF
from tests.commands.terminal import CLEAR, CTRL_C, CTRL_D, DOWN, Terminal
from tests.installation import ROOT
from tests.plugins.freqgen_openai.wire import completion, error
from tests.plugins.vendor_server import serving

IDEA = "Buy when RSI(14) is below 30. Sell when RSI rises above 70."
QUESTIONS = (
    "The idea, in a sentence or two:",
    "Pairs, as in BTC/USDT, ETH/USDT:",
    "Length of a candle:",
    "Stop loss in percent:",
    "Percent of the wallet to lose when the stop is hit:",
)
CHOICE = "What shall be done with it?"
WITHOUT = tuple(choice for choice in CHOICES if choice != ACCEPT)
"""What there is to choose where a design cannot be tested as it is."""

Start = Callable[..., Terminal]


@pytest.fixture
def start(tmp_path: Path, market: Path) -> Start:
    """Start the command on a terminal, in an empty folder."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "plugins")])}

    def start(*arguments: str, **variables: str) -> Terminal:
        place = ("--userdir", str(tmp_path / "u"), "-d", str(market))
        return Terminal(
            ["-m", "freqgen", "generate", *place, *arguments],
            env={**environment, **variables},
            cwd=str(tmp_path),
        )

    return start


def choose(terminal: Terminal, choice: str, among: tuple[str, ...] = CHOICES) -> None:
    terminal.answer(CHOICE, DOWN * among.index(choice))


def written(tmp_path: Path) -> list[str]:
    """Files of the user directory, but for the log of what was asked."""
    files = (path for path in (tmp_path / "u").rglob("*") if path.is_file())
    return [path.name for path in files if path.name != "audit.jsonl"]


@pytest.mark.soak
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
        choose(terminal, TARGET.choice)
        terminal.answer(TARGET.question, "6")
        terminal.wait_for("take profit at 6 %")
        choose(terminal, STOP.choice)
        terminal.answer(STOP.question, CLEAR + "4")
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
        choose(terminal, TIMEFRAME, WITHOUT)
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
    ("edit", "said", "text"),
    [
        (STOP, "3", "-0.03"),
        (STOP, "-2.5 %", "-0.025"),
        (STOP, "", None),
        (TARGET, "6%", "0.06"),
        (RISK, " 1 ", "0.01"),
        (HOLDING, " 3d", "3d"),
        (TRADES, "4", "4"),
    ],
    ids=str,
)
def test_answers_are_those_of_the_options(edit: Edit, said: str, text: str | None) -> None:
    assert answered(edit, said, RiskLimits()) == text


@pytest.mark.parametrize(
    ("edit", "said", "message"),
    [
        (STOP, "150", "150 % cannot be meant"),
        (STOP, "60", "a stop at a distance of 0.6 is wider than the 0.5 that the user allows"),
        (TARGET, "-3%", "-3 % cannot be meant"),
        (RISK, "x", "x: this is no number"),
        (RISK, "20", "0.2 of the wallet is more than the 0.05"),
        (HOLDING, "long", '"long" is no duration such as 90m, 24h, 3d or 1w'),
        (TRADES, "0", "must be greater than or equal to 1"),
        (TRADES, "500", "500 open trades are more than the 20"),
    ],
    ids=str,
)
def test_other_answers_are_refused(edit: Edit, said: str, message: str) -> None:
    """At the question, those beyond the limits of the risk too."""
    with pytest.raises(UsageError, match=message) as caught:
        answered(edit, said, RiskLimits())
    assert "--" not in f"{caught.value.message} {caught.value.hint}"


BOTH_SIDES = (
    "Buy when RSI(14) is below 30. Sell when RSI rises above 70. Short when RSI is above 85. "
    "Cover when RSI is below 50. 5% take profit."
)


@pytest.mark.soak
@pytest.mark.slow
def test_every_field_can_be_changed(start: Start, tmp_path: Path) -> None:
    """The design is shown again in words after each; a side that the market lacks, too."""
    with start("-i", "1h", "--stoploss", "-0.02", "--risk-per-trade", "0.01") as terminal:
        terminal.answer(QUESTIONS[0], BOTH_SIDES)
        terminal.answer(QUESTIONS[1], "BTC/USDT")
        terminal.wait_for("rsi is above 85")
        terminal.wait_for("there are no shorts in spot markets")
        choose(terminal, DIRECTION, WITHOUT)
        terminal.answer("Direction:", DOWN)
        terminal.wait_for("long only")
        terminal.wait_for("Not used, for an option or an answer says otherwise")
        terminal.wait_for("shorts are not traded")
        choose(terminal, PAIRS)
        terminal.answer(QUESTIONS[1], CLEAR + "ETH/USDT SOL/USDT")
        terminal.wait_for("ETH/USDT, SOL/USDT")
        choose(terminal, RISK.choice)
        terminal.answer(RISK.question, CLEAR + "2")
        terminal.wait_for("size each trade to lose 2 %")
        choose(terminal, HOLDING.choice)
        terminal.answer(HOLDING.question, "3 days")
        terminal.wait_for("is no duration")
        terminal.press(CLEAR + "3d\r")
        terminal.wait_for("exit after 3d")
        choose(terminal, TRADES.choice)
        terminal.answer(TRADES.question, CLEAR + "2")
        terminal.wait_for("at most 2 open trades")
        choose(terminal, TARGET.choice)
        terminal.answer(TARGET.question, CLEAR)
        terminal.wait_for('"5% take profit": take_profit 0.05, in whose place no take_profit')
        choose(terminal, TIMEFRAME)
        terminal.answer(QUESTIONS[2], DOWN * 8)
        terminal.wait_for("4h candles")
        choose(terminal, ACCEPT)
        terminal.wait_for("Decision")
        terminal.wait_for("freqgen show")
        assert terminal.ended() in {0, 3}, terminal.text
    assert not terminal.shows("Traceback")
    shown = subprocess.run(
        [sys.executable, "-m", "freqgen", "list", "--json", "--userdir", "u"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "plugins")])},
        capture_output=True,
        check=True,
    )
    (listed,) = json.loads(shown.stdout)["records"]
    shown = subprocess.run(
        [sys.executable, "-m", "freqgen", "show", listed["id"], "--json", "--userdir", "u"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "plugins")])},
        capture_output=True,
        check=True,
    )
    record = json.loads(shown.stdout)["record"]
    assert record["design"]["entry_short"] == record["design"]["exit_short"] == []
    assert record["design"]["can_short"] is False
    assert record["design"]["timeframe"] == "4h"
    risk = record["design"]["risk"]
    assert {name: risk[name] for name in (edit.field for edit in EDITS)} == {
        "stoploss": -0.02,
        "take_profit": None,
        "risk_per_trade": 0.02,
        "max_holding": "3d",
        "max_open_trades": 2,
    }
    assert record["constraints"]["pairs"] == ["ETH/USDT", "SOL/USDT"]
    assert record["constraints"]["direction"] == "long"
    not_used = {one["text"] for one in record["reading"]["overridden"]}
    assert not_used == {"Short when", "RSI is above 85", "Cover when", "RSI is below 50",
                        "5% take profit"}  # fmt: skip


def test_what_cannot_be_done_is_said_and_changes_nothing(start: Start, tmp_path: Path) -> None:
    """A side without rules, nothing where something is needed; then Ctrl-C in the middle."""
    given = ("-p", "BTC/USDT", "-i", "1h", "--stoploss", "-0.02", "--risk-per-trade", "0.01")
    with start(*given) as terminal:
        terminal.answer(QUESTIONS[0], IDEA)
        choose(terminal, DIRECTION)
        terminal.answer("Direction:", DOWN * 2)
        terminal.wait_for("no rule that enters short was found")
        terminal.wait_for("rsi is below 30")
        choose(terminal, STOP.choice)
        terminal.answer(STOP.question, CLEAR)
        terminal.wait_for("stop loss at a move of 2 %")
        choose(terminal, STOP.choice)
        terminal.wait_for(STOP.question)
        terminal.press(CLEAR + "60\r")
        terminal.wait_for("wider than the 0.5 that the user allows")
        terminal.press(CTRL_C)
        assert terminal.ended() == 130
    assert terminal.shows("interrupted; nothing is half-written")
    assert written(tmp_path) == []


def test_words_given_are_never_asked_about(start: Start, tmp_path: Path) -> None:
    """With an idea it goes the whole way as it does in a script."""
    with start(BRIEF, "-i", "7h") as terminal:
        assert terminal.ended() == 2
    assert terminal.shows('"7h" is no timeframe')
    assert not terminal.shows(CHOICE)


def test_a_model_that_gives_no_design_leaves_the_conversation_open(
    start: Start, tmp_path: Path
) -> None:
    """Other words are asked for; what the vendor refuses ends it."""
    given = ("-p", "BTC/USDT", "-i", "1h", "--stoploss", "-0.02", "--risk-per-trade", "0.01")
    with serving() as server:
        no_answers = [completion("Which pairs do you trade?")] * 3
        server.will(*no_answers, error(429, "", "slow", x_should_retry="false"), error(401, "", ""))
        variables = {"OPENAI_API_KEY": "sk-test-0123456789", "OPENAI_BASE_URL": server.address}
        with start(*given, "--design-model", "openai:m", **variables) as terminal:
            terminal.answer(QUESTIONS[0], "Buy low")
            terminal.wait_for("no design that can be used in 3 attempts")
            terminal.answer(QUESTIONS[0], CLEAR + IDEA)
            terminal.wait_for("has reached the vendor's limit")
            terminal.answer(QUESTIONS[0], "")  # the same again
            terminal.wait_for("the key in OPENAI_API_KEY is not accepted")
            assert terminal.ended() == 2
    assert [IDEA in call.text for call in server.calls] == [False, False, False, True, True]
    assert written(tmp_path) == []


def test_words_that_were_not_read_are_ignored_if_that_was_said(start: Start) -> None:
    given = ("-p", "BTC/USDT", "-i", "1h", "--stoploss", "-0.02", "--risk-per-trade", "0.01")
    with start(*given, "--ignore-unread") as terminal:
        terminal.answer(QUESTIONS[0], IDEA.replace("30.", "30 and the moon is full."))
        terminal.wait_for("rsi is below 30")
        choose(terminal, REFUSE)
        assert terminal.ended() == 3


def test_a_chosen_compiler_asks_for_rules_alone(start: Start) -> None:
    """And what only a model can write is said while something can be done about it."""
    worded = a_design().to_data() | {"in_words": {"entry_long": ["a double bottom of 50 candles"]}}
    given = ("-p", "BTC/USDT", "-i", "1h", "--stoploss", "-0.02", "--risk-per-trade", "0.01")
    with serving() as server:
        server.will(completion("no"))
        variables = {"OPENAI_API_KEY": "sk-test-0123456789", "OPENAI_BASE_URL": server.address}
        models = ("--design-model", "openai:m", "--code-model", "compiler")
        with start(*given, *models, **variables) as terminal:
            terminal.answer(QUESTIONS[0], "Buy a double bottom")
            terminal.wait_for("no design that can be used in 3 attempts")
            server.will(completion(json.dumps(worded)))
            terminal.answer(QUESTIONS[0], CLEAR + "Buy it")
            terminal.wait_for("only rules can be")
    assert "Rules are all there is" in server.calls[0].text
