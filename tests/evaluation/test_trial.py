"""What a worker does in a trial, done here."""

from __future__ import annotations

import datetime as dt
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from freqgen.evaluation import trial as trials
from freqgen.evaluation.engine_config import plain_config
from freqgen.evaluation.setting import Setting
from freqgen.evaluation.trial import NOTE
from freqgen.sandbox.frames import decode_frame
from tests.evaluation.strategies import CALLBACKS, every_candle
from tests.evaluation.worker import FakeChannel, Files, restored, run_here

# Freqtrade itself uses what pandas deprecates; in a worker that is only logged.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

NOTHING = {"what": "frame", "clock": 0, "lines": False, "repeat": 0}


@pytest.fixture
def run(datadir: Path, tmp_path: Path) -> Iterator[Any]:
    """Carry a trial out as a worker does."""
    (tmp_path / "private").mkdir()
    (tmp_path / "worker").mkdir()
    options = {
        "config": plain_config({"exchange": {"name": "binance"}, "max_open_trades": 2}),
        "private": str(tmp_path / "private"),
        "results": str(tmp_path / "results"),
        "datadir": str(datadir),
        "markets": str(tmp_path / "markets.json"),
    }
    with restored(tmp_path / "worker"):
        setting = Setting(options)

    def run(source: str, name: str = "EveryCandle", **trial: Any) -> FakeChannel:
        return run_here(
            setting,
            tmp_path / "worker",
            source,
            Files(datadir),
            op="trial",
            name=name,
            trial={**NOTHING, **trial},
            timerange="",
        )

    yield run
    assert not hasattr(__builtins__, NOTE)


BODY = (
    "dataframe['slow'] = dataframe['close'].rolling(5).mean()\n"
    "        dataframe.loc[:, 'part'] = 1\n"
    "        dataframe.insert(0, 'early', 2)\n"
    "        dataframe[['a', 'b']] = 3\n"
    "        dataframe['slow'] = dataframe['slow'] + 1"
)


def test_a_strategy_is_described_without_any_candle(run: Any) -> None:
    channel = run(every_candle().source, what="describe")
    assert [message.op for message in channel.said] == ["declared", "done"]
    assert channel.asked == []
    declared = channel.heard().declared
    assert declared is not None
    assert declared.attributes["minimal_roi"] == {"0": 0.01}


def test_all_columns_are_sent_as_they_are(run: Any) -> None:
    channel = run(every_candle(body=BODY).source)
    (message,) = channel.find("frame")
    frame = decode_frame(message.payload)
    assert len(frame) == 1440
    assert {"date", "close", "slow", "part", "early", "a", "enter_long"} <= set(frame.columns)
    assert len(message.head["dtypes"]) == frame.shape[1]
    assert message.head["numbered"] is True
    assert message.head["lines"] == {}
    assert message.head["seconds"] > 0
    assert not channel.find("notes")


def test_the_line_that_first_assigns_a_column_is_sent(run: Any) -> None:
    (message,) = run(every_candle(body=BODY).source, lines=True).find("frame")
    lines = message.head["lines"]
    assert {name: lines[name] for name in ("slow", "part", "early", "a", "b")} == {
        "slow": 14,
        "part": 15,
        "early": 16,
        "a": 17,
        "b": 17,
    }
    assert lines["enter_long"] == 22


def test_an_index_of_its_own_is_told(run: Any) -> None:
    source = every_candle().source.replace(
        "        return dataframe\n\n    def populate_entry_trend",
        "        return dataframe.set_index('date', drop=False)\n\n    def populate_entry_trend",
    )
    (message,) = run(source).find("frame")
    assert message.head["numbered"] is False


def test_noted_values_are_sent(run: Any) -> None:
    body = (
        f"{NOTE}('one', dataframe['close'] > 1); {NOTE}('text', 'x'); "
        f"assert {NOTE}('two', 5) == 5; {NOTE}('short', dataframe['close'].head(3))"
    )
    (message,) = run(every_candle(body=body).source).find("notes")
    notes = decode_frame(message.payload)
    assert list(notes.columns) == ["one"]
    assert notes["one"].all()


def test_notes_have_an_end(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "_MOST_NOTES", 3)
    body = f"[{NOTE}(str(number), dataframe['close']) for number in range(9)]"
    (message,) = run(every_candle(body=body).source).find("notes")
    assert list(decode_frame(message.payload).columns) == ["0", "1", "2"]


def test_answers_are_those_of_a_backtest(run: Any) -> None:
    heard = run(CALLBACKS, "Callbacks", what="answers").heard()
    assert heard.failed is None
    assert "custom_stoploss" in heard.log.call
    assert heard.frames


def test_times_name_the_costliest_line(run: Any) -> None:
    body = (
        "total = 0\n"
        "        for number in range(30_000): total += number\n"
        "        dataframe['x'] = self.two(total)\n"
        "        dataframe['y'] = [value for value in range(len(dataframe))]"
    )
    source = every_candle(body=body).source + "\n    def two(self, value):\n        return value\n"
    before = sys.gettrace()
    (message,) = run(source, what="time", repeat=3).find("times")
    assert sys.gettrace() is before
    assert len(message.head["seconds"]) == 3
    assert all(value > 0 for value in message.head["seconds"])
    lines = dict(message.head["lines"])
    assert set(lines) >= {14, 15, 16}
    assert lines[15] > lines[14]
    assert all(spent >= 0 for spent in lines.values())


def test_a_frame_that_is_none_is_said(run: Any) -> None:
    source = every_candle().source
    source = source[: source.rindex("return dataframe")] + "return []\n"
    failed = run(source).heard().failed
    assert failed is not None
    assert failed["error"] == "AttributeError"
    source = source.replace("return []", "return type('Frame', (), {'columns': ['exit_long']})()")
    failed = run(source).heard().failed
    assert failed is not None
    assert failed["message"] == "No dataframe returned (it is a Frame)"


def test_the_clock_is_set(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """How far, is for tests of a process of their own: here it would stay set."""
    ahead: list[float] = []
    monkeypatch.setattr(trials, "set_ahead", ahead.append)
    run(every_candle().source, clock=86_400)
    run(every_candle().source)
    assert ahead == [86_400.0]


def test_a_clock_can_be_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same lines as in a worker, undone at the end."""
    import freqtrade.strategy.interface as interface
    import freqtrade.util.datetime_helpers as helpers

    from freqgen.evaluation.clock import set_ahead

    for module, name in (
        (time, "time"),
        (time, "time_ns"),
        (dt, "datetime"),
        (interface, "datetime"),
        (helpers, "datetime"),
    ):
        monkeypatch.setattr(module, name, getattr(module, name))
    real = dt.datetime
    before, seconds = real.now(dt.UTC), time.time()
    set_ahead(3600.0)
    try:
        kind = dt.datetime
        hour = dt.timedelta(hours=1)
        for now in (kind.now(dt.UTC), helpers.dt_now(), kind.today().astimezone()):
            assert hour <= now - before < 2 * hour
        assert kind.utcnow() - before.replace(tzinfo=None) >= hour
        assert time.time() - seconds >= 3600
        assert time.time_ns() / 1e9 - seconds >= 3600
        assert kind(2024, 1, 1) == real(2024, 1, 1)
        assert isinstance(before, kind)
        assert issubclass(real, kind)
        assert isinstance(pd.Timestamp(before), kind)
    finally:
        monkeypatch.undo()
    assert dt.datetime is real
