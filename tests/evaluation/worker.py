"""A worker without a process: what runs confined, run here, where its lines are counted."""

from __future__ import annotations

import builtins
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from freqtrade.data.history.datahandlers.featherdatahandler import FeatherDataHandler
from freqtrade.enums import CandleType
from freqtrade.optimize.backtesting import Backtesting
from pandas.core import indexing

from freqgen.evaluation.candle_source import question
from freqgen.evaluation.hearing import Heard, listen
from freqgen.evaluation.session import work
from freqgen.evaluation.setting import Setting
from freqgen.evaluation.trial import NOTE
from freqgen.evaluation.view import Source
from freqgen.sandbox.channel import Decoder, Message, encode
from freqgen.sandbox.frames import encode_frame

_LOAD = FeatherDataHandler._ohlcv_load


class Files:
    """The candles of a folder, whatever the worker has made of Freqtrade's way to read them."""

    def __init__(self, datadir: Path) -> None:
        self._handler = FeatherDataHandler(datadir)

    def load(self, pair: str, timeframe: str, candle_type: CandleType) -> pd.DataFrame:
        """All candles of a pair."""
        return _LOAD(self._handler, pair, timeframe, None, candle_type)


@dataclass
class FakeChannel:
    """A channel whose other end has an order and answers questions for candles.

    :param order: What the worker is asked to do.
    """

    order: Message
    candles: Source
    said: list[Message] = field(default_factory=list)
    asked: list[tuple[str, str, CandleType]] = field(default_factory=list)
    _waiting: list[Message] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._waiting.append(self.order)

    def send(self, head: Mapping[str, Any], payload: bytes = b"") -> None:
        """Take a message as it would arrive."""
        (message,) = Decoder().feed(encode(head, payload))
        if message.op == "candles":
            wanted = question(message.head)
            self.asked.append(wanted)
            self._waiting.append(
                Message({"op": "candles"}, encode_frame(self.candles.load(*wanted)))
            )
        else:
            self.said.append(message)

    def receive(self) -> Message:
        """Give the order first, then answers."""
        if not self._waiting:
            raise EOFError("nobody has asked anything")
        return self._waiting.pop(0)

    def find(self, op: str) -> list[Message]:
        """What was said of a kind."""
        return [message for message in self.said if message.op == op]

    def heard(self) -> Heard:
        """What the other end makes of it."""
        said = [message.head.get("pair") for message in self.find("signals")]
        pairs = [str(pair) for pair in said]
        return listen(_Spoken(list(self.said)), self.candles.load, pairs)  # type: ignore[arg-type]


@dataclass
class _Spoken:
    """A worker that has said everything."""

    messages: list[Message]

    def receive(self) -> Message:
        return self.messages.pop(0)


@contextmanager
def restored(folder: Path) -> Iterator[None]:
    """Be in a worker's folder, and leave everything as it was: a worker would simply end."""
    load = FeatherDataHandler._ohlcv_load
    handlers, level = list(logging.root.handlers), logging.root.level
    frame = pd.DataFrame.__setitem__, pd.DataFrame.insert
    part = indexing._LocationIndexer.__setitem__
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
        FeatherDataHandler._ohlcv_load = load  # type: ignore[method-assign]
        logging.root.handlers[:] = handlers
        logging.root.setLevel(level)
        pd.DataFrame.__setitem__, pd.DataFrame.insert = frame  # type: ignore[method-assign]
        indexing._LocationIndexer.__setitem__ = part  # type: ignore[method-assign]
        if hasattr(builtins, NOTE):
            delattr(builtins, NOTE)
        Backtesting.cleanup()


def run_here(
    setting: Setting,
    folder: Path,
    source: str,
    candles: Source,
    *,
    op: str = "backtest",
    name: str = "EveryCandle",
    trial: Mapping[str, Any] | None = None,
    table: bytes = b"",
    **run: Any,
) -> FakeChannel:
    """Do what a worker does with a strategy.

    :param folder: The worker's own.
    :param run: What the run does differently.
    :returns: The channel, with all that was said on it.
    """
    (folder / f"{name}.py").write_text(source, encoding="utf-8")
    asked = {
        "pairs": ["BTC/USDT"],
        "timeframe": "1h",
        "timerange": "20240105-20240112",
        "overrides": {},
        "enable_protections": True,
        "stake_currency": "USDT",
        "trading_mode": "",
        **run,
    }
    closes = {pair: [1000.01, 999.99, 1000.5] for pair in asked["pairs"]}
    order = {"op": op, "name": name, "run": asked, "closes": closes, "trials": [dict(trial or {})]}
    channel = FakeChannel(Message(order, table), candles)
    with restored(folder), _exchanges_closed(setting):
        work(setting, channel, {"op": op})  # type: ignore[arg-type]
    return channel


@contextmanager
def _exchanges_closed(setting: Setting) -> Iterator[None]:
    """Close what a worker leaves to its end."""
    make, made = setting.exchange, []

    def exchange(*given: Any) -> Any:
        made.append(make(*given))
        return made[-1]

    setting.exchange = exchange  # type: ignore[method-assign]
    try:
        yield
    finally:
        del setting.exchange
        for one, _ in made:
            one.close()
