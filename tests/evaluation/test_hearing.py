"""What a worker says is understood, or it is nonsense; never anything between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pytest
from freqtrade.enums import CandleType
from hypothesis import given
from hypothesis import strategies as st

from freqgen.evaluation import candle_source, faults, hearing
from freqgen.evaluation.callbacks import Log
from freqgen.evaluation.hearing import Heard, listen, refuse_unconfined, signals_of
from freqgen.exceptions import StrategyFault
from freqgen.sandbox.channel import Garbled, Message
from freqgen.sandbox.frames import decode_frame, encode_frame
from freqgen.sandbox.limits import Fault, WorkerFault

CANDLES = pd.DataFrame(
    {
        "date": pd.date_range("2024-01-01", periods=4, freq="1h", tz="UTC", unit="ms"),
        "open": [1.0, 2.0, 3.0, 4.0],
        "high": [2.0, 3.0, 4.0, 5.0],
        "low": [0.5, 1.5, 2.5, 3.5],
        "close": [1.5, 2.5, 3.5, 4.5],
        "volume": [10.0, 20.0, 0.0, 40.0],
    }
)
QUESTION = {"op": "candles", "pair": "BTC/USDT", "timeframe": "1h", "type": "spot"}
PAIRS = ("BTC/USDT", "ETH/USDT")
DONE = Message({"op": "done"})


@dataclass
class Talker:
    """A worker that says what it was told to say."""

    messages: list[Message]
    told: list[bytes] = field(default_factory=list)

    def receive(self) -> Message:
        """Say the next thing."""
        return self.messages.pop(0)

    def send(self, head: Mapping[str, Any], payload: bytes) -> None:
        """Be answered."""
        assert head == {"op": "candles"}
        self.told.append(payload)


def heard_of(*messages: Message) -> Heard:
    """What is heard of a worker that says this."""
    talker = Talker([*messages, DONE])
    return listen(talker, lambda *_wanted: CANDLES, PAIRS)  # type: ignore[arg-type]


def test_a_question_for_candles_is_answered() -> None:
    talker = Talker([Message(QUESTION), Message(QUESTION), DONE])
    asked: list[tuple[str, str, CandleType]] = []

    def load(*wanted: Any) -> pd.DataFrame:
        asked.append(wanted)
        return CANDLES

    assert listen(talker, load) == Heard()  # type: ignore[arg-type]
    assert asked == [("BTC/USDT", "1h", CandleType.SPOT)] * 2
    pd.testing.assert_frame_equal(decode_frame(talker.told[0]), CANDLES, check_column_type=False)


def test_signals_answers_and_trades_are_kept() -> None:
    frame = CANDLES.assign(enter_long=[1, 0, 0, 1])
    log = Log()
    log.record("custom_exit", lambda **_named: "x")(pair="BTC/USDT")
    found = heard_of(
        Message({"op": "signals", "pair": "BTC/USDT", "dtypes": {}}, encode_frame(frame)),
        Message({"op": "answers"}, log.to_bytes()),
        Message({"op": "trades"}, encode_frame(pd.DataFrame({"pair": ["BTC/USDT"]}))),
        Message({"op": "frame", "x": 1}),
    )
    assert list(found.frames["BTC/USDT"]["enter_long"]) == [1, 0, 0, 1]
    assert (found.log.call, found.log.text) == (["custom_exit"], ["x"])
    assert found.trades is not None
    assert [message.op for message in found.rest] == ["frame"]
    failed = Message({"op": "failed", "error": "ValueError"})
    assert heard_of(failed).failed == failed.head


NONSENSE: dict[str, Message] = {
    "no declaration": Message({"op": "declared"}),
    "signals without types": Message({"op": "signals", "pair": "X"}, encode_frame(CANDLES)),
    "signals that are none": Message({"op": "signals", "dtypes": {}}, b"x"),
    "answers that are none": Message({"op": "answers"}, encode_frame(CANDLES)),
    "trades that are none": Message({"op": "trades"}, b"\x00" * 100),
    "a path": Message({**QUESTION, "pair": "../../etc/passwd"}),
    "another type of candles": Message({**QUESTION, "type": "nothing"}),
}


@pytest.mark.parametrize("message", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_is_named_as_such(message: Message) -> None:
    with pytest.raises(WorkerFault, match="it answered") as caught:
        heard_of(message)
    assert caught.value.fault is Fault.NONSENSE


def test_questions_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    assert candle_source.MOST_QUESTIONS >= 1000
    monkeypatch.setattr(hearing, "MOST_QUESTIONS", 3)
    with pytest.raises(WorkerFault, match="4 questions"):
        heard_of(*[Message(QUESTION)] * 5)


def test_messages_that_nobody_asked_for_have_an_end() -> None:
    with pytest.raises(WorkerFault, match="more messages"):
        heard_of(*[Message({"op": "frame"})] * 200)


PATHS = [
    {"pair": "../BTC"},
    {"pair": "/etc/passwd"},
    {"pair": "BTC/USDT/../x"},
    {"pair": "a/b/c"},
    {"pair": "BTC/USDT\x00"},
    {"pair": "BTC/USDT\n"},
    {"pair": ""},
    {"pair": "x" * 50},
    {"pair": ["BTC/USDT"]},
    {"timeframe": "1h/../.."},
    {"timeframe": "١h"},
    {"timeframe": "1h\n"},
    {"timeframe": ""},
    {"timeframe": 60},
    {"timeframe": "1000000m"},
    {"type": "x"},
    {"type": None},
    {"type": "../spot"},
]


@pytest.mark.parametrize("changes", PATHS, ids=str)
def test_a_question_names_no_path(changes: dict[str, Any]) -> None:
    with pytest.raises(Garbled, match="a question for"):
        candle_source.question({**QUESTION, **changes})


@pytest.mark.parametrize(
    "pair", ["BTC/USDT", "1000SATS/USDT", "BTC/USDT:USDT", "BTC/USDC:USDC-240628", "a.b-c_d/E"]
)
def test_a_pair_is_a_question(pair: str) -> None:
    assert candle_source.question({**QUESTION, "pair": pair})[0] == pair


@given(pair=st.text(max_size=30), timeframe=st.text(max_size=8))
def test_no_question_leaves_the_folder(pair: str, timeframe: str) -> None:
    from pathlib import Path

    from freqtrade.data.history.datahandlers.idatahandler import IDataHandler

    try:
        asked = candle_source.question({**QUESTION, "pair": pair, "timeframe": timeframe})
    except Garbled:
        return
    folder = Path("/data/binance")
    file = IDataHandler._pair_data_filename.__func__(_Feather, folder, *asked)  # type: ignore[attr-defined]
    assert file.resolve().parent == folder


class _Feather:
    @staticmethod
    def _get_file_extension() -> str:
        return "feather"

    @staticmethod
    def timeframe_to_file(timeframe: str) -> str:
        return timeframe


def told(frame: pd.DataFrame, **dtypes: str) -> Heard:
    """What is heard of a worker with such a frame."""
    head = {"op": "signals", "pair": "BTC/USDT", "dtypes": dtypes}
    return heard_of(Message(head, encode_frame(frame)))


def test_signals_that_stand_beside_the_candles_are_taken() -> None:
    frame = CANDLES.assign(
        enter_long=[1, 0, 1, 0],
        exit_long=[True, None, False, None],
        enter_tag=pd.Series(["a", None, "b", ""], dtype="str"),
        exit_tag=pd.Categorical(["x", None, "y", "x"]),
        another=5,
    )
    dtypes = {"enter_tag": "str", "exit_tag": "category"}
    found = signals_of("Any", told(frame, **dtypes), "BTC/USDT", CANDLES)
    assert set(found.columns) == {"enter_long", "exit_long", "enter_tag", "exit_tag"}
    assert str(found["enter_tag"].dtype) == "str"
    assert str(found["exit_tag"].dtype) == "category"
    assert list(found["exit_long"]) == [True, None, False, None]


def _changed(column: str, row: int, value: object) -> pd.DataFrame:
    frame = CANDLES.astype({column: object}) if isinstance(value, str) else CANDLES.copy()
    frame.loc[row, column] = value
    return frame


OTHERS: dict[str, tuple[pd.DataFrame | None, str, str]] = {
    "nothing": (None, faults.SHAPE, "gives back no candles for BTC/USDT"),
    "no volume": (CANDLES.drop(columns="volume"), faults.SHAPE, "gives back no candles"),
    "fewer": (CANDLES.iloc[:-1], faults.SHAPE, "3 rows for the 4 candles of BTC/USDT"),
    "more": (pd.concat([CANDLES, CANDLES.tail(1)]), faults.SHAPE, "5 rows for the 4 candles"),
    "another order": (CANDLES.iloc[::-1], faults.CANDLES, "date.*first on 2024-01-01 00:00"),
    "a price": (_changed("open", 2, 9.0), faults.CANDLES, "the column open.*2024-01-01 02:00"),
    "no price": (_changed("low", 1, np.nan), faults.CANDLES, "the column low.*2024-01-01 01:00"),
    "words": (_changed("close", 3, "a"), faults.CANDLES, "the column close"),
    "no volumes": (CANDLES.assign(volume=0.0), faults.CANDLES, "the column volume"),
    "twice": (
        pd.concat([CANDLES, CANDLES[["close"]]], axis=1),
        faults.SHAPE,
        "the column close twice",
    ),
    "an older name": (
        pd.concat([CANDLES, *[pd.Series("a", CANDLES.index, name="enter_tag")] * 2], axis=1),
        faults.SHAPE,
        "the column enter_tag twice",
    ),
}


@pytest.mark.parametrize(("frame", "code", "words"), OTHERS.values(), ids=OTHERS)
def test_candles_that_are_others_are_a_finding(
    frame: pd.DataFrame | None, code: str, words: str
) -> None:
    heard = Heard() if frame is None else told(frame)
    with pytest.raises(StrategyFault, match=words) as caught:
        signals_of("Any", heard, "BTC/USDT", CANDLES)
    assert caught.value.finding.code == code
    assert caught.value.hint
    if words.startswith("the column enter_tag"):
        assert "instead of buy_tag" in caught.value.hint


def test_a_type_that_the_values_cannot_have_is_nonsense() -> None:
    frame = CANDLES.assign(enter_long=["a", "b", "c", "d"])
    with pytest.raises(WorkerFault, match="signals of another type"):
        signals_of("Any", told(frame, enter_long="Int64"), "BTC/USDT", CANDLES)


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.UNCONFINED])
def test_every_fault_of_a_worker_is_a_finding(fault: Fault) -> None:
    finding = faults.of_worker("Any", WorkerFault(fault, "it did something"))
    assert finding.message == "Any was stopped: it did something"
    assert finding.code in faults.CODES
    assert finding.hint


def test_what_could_not_be_confined_was_not_run() -> None:
    error = refuse_unconfined("Any", WorkerFault(Fault.UNCONFINED, "no Landlock"))
    assert error.message == "Any was not run: it could not be confined (no Landlock)"
    assert "doctor" in error.hint
