"""What a callback answers is given back as it was, or refused; nothing else is ever answered."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from freqtrade.strategy import IStrategy
from freqtrade.strategy.strategy_wrapper import strategy_safe_wrapper
from hypothesis import given
from hypothesis import strategies as st

from freqgen.evaluation.callbacks import (
    CALLBACKS,
    OLDER_NAMES,
    Disagreement,
    Log,
    Replay,
    overridden,
)
from freqgen.sandbox.channel import Garbled
from freqgen.sandbox.frames import encode_frame

NOW = datetime(2024, 1, 5, 7, tzinfo=UTC)


class Trade:
    """As much of a trade as tells one question from another."""

    pair = "ETH/USDT"

    def __init__(self, number: int | None) -> None:
        self.id = number


class Locks:
    """Remembers what is done to its locks."""

    def __init__(self) -> None:
        self.done: list[tuple[Any, ...]] = []

    def lock_pair(self, *given: Any) -> None:
        """Lock a pair."""
        self.done.append(("lock_pair", *given))

    def unlock_pair(self, *given: Any) -> None:
        """Unlock a pair."""
        self.done.append(("unlock_pair", *given))

    def unlock_reason(self, *given: Any) -> None:
        """Unlock what was locked for a reason."""
        self.done.append(("unlock_reason", *given))


def replayed(name: str, answer: Any) -> Any:
    """What the engine is told where it is trusted."""
    log = Log()
    log.record(name, lambda **_named: answer)(pair="BTC/USDT", current_time=NOW)
    replay = Replay(Log.from_bytes(log.to_bytes()))
    found = replay.answer(Locks(), name, {"pair": "BTC/USDT", "current_time": NOW})
    assert replay.finished
    return found


class Word(StrEnum):
    """Some strategies answer with an enumeration."""

    UP = "up"


NUMBERS = st.one_of(
    st.floats(),
    st.integers(-(2**53), 2**53),
    st.floats(width=32).map(np.float32),
    st.floats().map(np.float64),
    st.floats(width=16).map(np.float16),
    st.integers(-(2**31), 2**31 - 1).map(np.int32),
    st.integers(-(2**53), 2**53).map(np.int64),
    st.integers(0, 255).map(np.uint8),
    st.floats().map(np.array),
)
TEXTS = st.text(max_size=300)
ODD = st.one_of(
    st.integers().filter(lambda number: abs(number) > 2**53),
    st.text(min_size=1001, max_size=1010),
    st.just("\ud800"),
    st.lists(st.floats(), max_size=2),
    st.dictionaries(st.text(), st.integers(), max_size=2),
    st.sampled_from([Decimal("0.1"), Fraction(1, 3), 1j, b"x", object(), NOW, np.longdouble(0.1)]),
    st.sampled_from([np.array([1.0]), pd.Series([1.0]), np.datetime64("2024"), (), (1, 2, 3)]),
)
ANSWERS = st.one_of(
    st.none(), st.booleans(), st.booleans().map(np.bool_), NUMBERS, TEXTS, ODD,
    st.tuples(st.one_of(st.none(), NUMBERS), st.one_of(st.none(), TEXTS, ODD)),
    st.tuples(NUMBERS), st.sampled_from(list(Word)),
)  # fmt: skip

NUMERIC = (
    "custom_stoploss",
    "custom_roi",
    "custom_entry_price",
    "custom_exit_price",
    "custom_stake_amount",
    "adjust_order_price",
    "leverage",
)


def same(a: Any, b: Any) -> bool:
    """Whether two answers are equal in value and in how one calculates with them."""
    if isinstance(a, np.ndarray):
        a = a[()]
    if isinstance(a, bool | np.bool_):
        return type(b) is bool and bool(a) is b
    if isinstance(a, np.generic | float) and a != a:
        return bool(b != b)
    kinds = (np.generic, float, int, str, type(None))
    alike = next((kind for kind in kinds if isinstance(a, kind)), object)
    return isinstance(b, alike) and bool(a == b) and (type(a) is type(b) or isinstance(a, str))


@pytest.mark.parametrize("name", NUMERIC)
@given(answer=ANSWERS)
def test_a_number_is_given_back_as_it_was_or_refused(name: str, answer: Any) -> None:
    try:
        found = replayed(name, answer)
    except Disagreement:
        assert not isinstance(answer, float | bool | None)
        return
    assert same(answer, found), (answer, found)


@given(answer=ANSWERS)
def test_a_reason_to_exit_is_given_back(answer: Any) -> None:
    try:
        found = replayed("custom_exit", answer)
    except Disagreement:
        assert isinstance(answer, pd.Series | str)  # neither true nor false; no text at all
        return
    if isinstance(answer, str):
        assert found == str(answer)[:1000]
        assert found[:255] == answer[:255]  # the engine looks at no more
    else:
        assert found is (None if answer is None else bool(answer))


@pytest.mark.parametrize(
    "name",
    ["check_entry_timeout", "check_exit_timeout", "confirm_trade_entry", "confirm_trade_exit"],
)
@given(answer=ANSWERS)
def test_yes_and_no_are_given_back(name: str, answer: Any) -> None:
    try:
        found = replayed(name, answer)
    except Disagreement:
        assert isinstance(answer, pd.Series)  # which is neither true nor false
        return
    assert bool(found) is bool(answer)


@pytest.mark.parametrize("name", ["bot_loop_start", "order_filled"])
@given(answer=ANSWERS)
def test_what_nobody_looks_at_is_nothing(name: str, answer: Any) -> None:
    assert replayed(name, answer) is None


@given(answer=ANSWERS)
def test_an_adjustment_is_given_back_with_its_tag_or_refused(answer: Any) -> None:
    try:
        found = replayed("adjust_trade_position", answer)
    except Disagreement:
        assert not isinstance(answer, float | bool | None)
        return
    if not isinstance(answer, tuple):
        assert same(answer, found)
        return
    amount, words, *_ = (*answer, None)
    assert same(amount, found[0])
    assert found[1] == (words or "")


@pytest.mark.parametrize(
    ("raised", "told"),
    [(ValueError("x"), ValueError), (KeyError("x"), RuntimeError), (MemoryError(), RuntimeError)],
)
def test_what_is_raised_is_raised_again(raised: Exception, told: type[Exception]) -> None:
    def callback(**_named: Any) -> None:
        raise raised

    log = Log()
    with pytest.raises(type(raised)):
        log.record("custom_exit", callback)(pair="BTC/USDT", current_time=NOW)
    with pytest.raises(told):
        Replay(log).answer(Locks(), "custom_exit", {"pair": "BTC/USDT", "current_time": NOW})


def test_only_the_engines_own_questions_are_written_down() -> None:
    log = Log()
    stop = log.record("custom_stoploss", lambda **_named: -0.1)

    def callback(**named: Any) -> Any:
        return stop(**named)

    leave = log.record("custom_exit", callback)
    leave(pair="BTC/USDT", current_time=NOW)
    stop(pair="BTC/USDT", current_time=NOW)
    assert log.call == ["custom_exit", "custom_stoploss"]


def test_a_question_is_told_from_others_by_pair_time_and_trade() -> None:
    log = Log()
    asked = {"trade": Trade(4), "current_time": NOW + timedelta(milliseconds=5)}
    log.record("adjust_trade_position", lambda **_named: 5)(**asked)
    log.record("bot_loop_start", lambda **_named: None)(current_time=NOW)
    log.record("custom_entry_price", lambda **_named: 1.5)(pair="XRP/USDT", trade=Trade(None))
    assert (log.pair, log.trade) == (["ETH/USDT", "", "XRP/USDT"], [4, 0, 0])
    assert log.time == [round(NOW.timestamp() * 1000) + 5, round(NOW.timestamp() * 1000), 0]
    replay = Replay(Log.from_bytes(log.to_bytes()))
    assert replay.answer(Locks(), "adjust_trade_position", asked) == 5
    assert not replay.finished
    assert replay.answer(Locks(), "bot_loop_start", {"current_time": NOW}) is None
    assert replay.answer(Locks(), "custom_entry_price", {"pair": "XRP/USDT"}) == 1.5
    assert replay.finished
    with pytest.raises(Disagreement, match="never asked"):
        replay.answer(Locks(), "custom_exit", {})


@pytest.mark.parametrize(
    "asked",
    [
        ("custom_exit", {"pair": "ETH/USDT", "current_time": NOW}),
        ("custom_stoploss", {"pair": "BTC/USDT", "current_time": NOW}),
        ("custom_exit", {"pair": "BTC/USDT", "current_time": NOW + timedelta(hours=1)}),
        ("custom_exit", {"pair": "BTC/USDT", "current_time": NOW, "trade": Trade(2)}),
    ],
    ids=["another pair", "another callback", "another time", "another trade"],
)
def test_another_question_is_not_answered(asked: tuple[str, dict[str, Any]]) -> None:
    log = Log()
    log.record("custom_exit", lambda **_named: "x")(pair="BTC/USDT", current_time=NOW)
    with pytest.raises(Disagreement, match="instead of"):
        Replay(log).answer(Locks(), *asked)


def test_freqtrade_does_not_go_on_after_a_disagreement() -> None:
    """It goes on after every exception of a callback, and would answer in its place."""

    def ask() -> Any:
        return Replay(Log()).answer(Locks(), "custom_exit", {})

    with pytest.raises(Disagreement):
        strategy_safe_wrapper(ask, default_retval=False, supress_error=True)()


def test_locks_are_repeated_before_the_answer_that_they_came_with() -> None:
    own, log = Locks(), Log()
    lock = log.record_lock("lock_pair", own.lock_pair)
    unlock = log.record_lock("unlock_pair", own.unlock_pair)
    forgive = log.record_lock("unlock_reason", own.unlock_reason)
    until = datetime(2024, 2, 1, 3, 4, 5, 678901, tzinfo=UTC)

    def callback(**_named: Any) -> bool:
        lock("BTC/USDT", until)
        lock(pair="ETH/USDT", until=until, reason="a|b", side="long")
        unlock(pair="ETH/USDT")
        forgive(reason="a|b")
        return True

    log.record("confirm_trade_exit", callback)(pair="BTC/USDT", current_time=NOW)
    unlock("late")
    mine, replay = Locks(), Replay(Log.from_bytes(log.to_bytes()))
    asked = {"pair": "BTC/USDT", "current_time": NOW}
    assert replay.answer(mine, "confirm_trade_exit", asked) is True
    assert replay.finished
    assert mine.done == own.done[:-1]
    assert ("lock_pair", "ETH/USDT", until, "a|b", "long") in mine.done


def test_a_lock_that_failed_is_not_repeated() -> None:
    log = Log()

    def lock_pair(*_given: Any) -> None:
        raise TypeError

    with pytest.raises(TypeError):
        log.record_lock("lock_pair", lock_pair)("BTC/USDT", NOW)
    assert log.call == []


@pytest.mark.parametrize("moment", [math.nan, math.inf, 1e300, -1e18])
def test_a_lock_until_no_time_at_all_is_refused(moment: float) -> None:
    log = Log(
        call=["lock_pair", "custom_exit"], pair=["BTC/USDT"] * 2, time=[0, 0], trade=[0, 0],
        kind=[6, 0], number=[moment, 0.0], text=["*|", None],
    )  # fmt: skip
    with pytest.raises(Disagreement, match="a lock until"):
        Replay(log).answer(Locks(), "custom_exit", {"pair": "BTC/USDT"})


@pytest.mark.parametrize(
    ("kind", "number", "text"),
    [
        (2, 1.5, "int"),
        (2, math.nan, "int32"),
        (2, 1e300, "int64"),
        (2, 300.0, "int8"),
        (2, 1.0, "object"),
        (2, 1.0, "datetime64[ns]"),
        (2, 1.0, None),
        (4, 1.0, None),
        (4, 1.0, "S9|x"),
        (7, 1.0, "list"),
        (6, 1.0, "*|"),
        (99, 1.0, "x"),
        (-1, 1.0, ""),
    ],
)
def test_an_answer_that_nobody_can_have_given_is_refused(
    kind: int, number: float, text: str | None
) -> None:
    log = Log(
        call=["custom_stoploss"], pair=[""], time=[0], trade=[0], kind=[kind], number=[number],
        text=[text],
    )  # fmt: skip
    with pytest.raises(Disagreement):
        Replay(log).answer(Locks(), "custom_stoploss", {})


LOG = {
    "call": ["custom_exit"], "pair": ["BTC/USDT"], "time": [1], "trade": [1], "kind": [0],
    "number": [1.0], "text": ["x"],
}  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        {"time": [1.5]},
        {"kind": ["0"]},
        {"trade": [None]},
        {"call": [1]},
        {"pair": [None]},
        {"number": ["1"]},
        {"text": [1.5]},
        {"more": [1]},
    ],
    ids=str,
)
def test_a_log_of_another_form_is_refused(changes: dict[str, Any]) -> None:
    assert Log.from_bytes(encode_frame(pd.DataFrame(LOG))) == Log(**LOG)
    with pytest.raises(Garbled, match="a log of callbacks"):
        Log.from_bytes(encode_frame(pd.DataFrame({**LOG, **changes})))
    with pytest.raises(Garbled):
        Log.from_bytes(b"nonsense")


def test_an_empty_log_is_a_log() -> None:
    assert Log.from_bytes(Log().to_bytes()) == Log() == replace(Log())


def test_all_of_freqtrades_callbacks_are_known() -> None:
    """What its engine asks under the protection that it gives callbacks, but for the start."""
    import inspect
    import re

    from freqtrade.optimize import backtesting
    from freqtrade.strategy import interface

    written = inspect.getsource(backtesting) + inspect.getsource(interface)
    asked = set(re.findall(r"strategy_safe_wrapper\(\s*self\.(?:strategy\.)?(\w+)", written))
    live = {"bot_start", "analyze_ticker", "plot_annotations"}
    assert asked - live == set(CALLBACKS) - {"check_entry_timeout", "check_exit_timeout"}
    assert all(hasattr(IStrategy, name) for name in CALLBACKS)
    assert all(hasattr(IStrategy, one) for group in OLDER_NAMES.values() for one in group)


def test_callbacks_are_found_by_either_name_and_on_the_strategy_itself() -> None:
    class Own(IStrategy):
        timeframe = "1h"

        def custom_sell(self, *_given: Any, **_named: Any) -> None:
            return None

        @staticmethod
        def leverage(**_named: Any) -> float:
            return 1.0

        def populate_indicators(self, dataframe: Any, metadata: Any) -> Any:
            return dataframe

    assert overridden(Own, IStrategy) == ["custom_exit", "leverage"]
    strategy = Own({})
    assert overridden(strategy, IStrategy) == ["custom_exit", "leverage"]
    strategy.custom_roi = lambda **_named: 0.1
    assert overridden(strategy, IStrategy) == ["custom_roi", "custom_exit", "leverage"]
