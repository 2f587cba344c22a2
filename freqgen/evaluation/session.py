"""What a worker does with a strategy: loads it, computes its signals, lets it answer the engine.

Everything here runs where the strategy runs, confined, and so nothing that it says is more than
the strategy's word. Candles are asked for, one pair and timeframe at a time: a worker has only
those that it may see.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from freqtrade.configuration import TimeRange
from freqtrade.data.dataprovider import DataProvider
from freqtrade.data.history.datahandlers.featherdatahandler import FeatherDataHandler
from freqtrade.enums import CandleType
from freqtrade.exceptions import OperationalException
from freqtrade.optimize.backtesting import Backtesting
from freqtrade.resolvers import StrategyResolver
from freqtrade.strategy import IStrategy
from pandas import DataFrame
from pandas.api.types import is_object_dtype

from freqgen.evaluation.apart import keep_apart
from freqgen.evaluation.callbacks import LOCKS, Log
from freqgen.evaluation.columns import (
    CANDLE_COLUMNS,
    NUMERIC,
    SIGNAL_COLUMNS,
    as_number,
    essential,
)
from freqgen.evaluation.declaring import First
from freqgen.sandbox.channel import Channel, Message
from freqgen.sandbox.frames import decode_frame, encode_frame
from freqgen.sandbox.level import show_what_holds

if TYPE_CHECKING:
    from freqgen.evaluation.setting import Setting

ASSUMED_OPEN_TRADES = 3
"""Trades at once where neither the strategy nor the configuration limits them."""
ASSUMED_TIMEFRAME = "5m"
"""Where neither the strategy nor the configuration has one, as in Freqtrade's FreqAI templates."""


class Remote:
    """Candles from the other end of a channel, where Freqtrade expects them from files."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._known: dict[tuple[str, str, str], DataFrame] = {}

    def load(self, pair: str, timeframe: str, candle_type: str) -> DataFrame:
        """Ask for candles, once."""
        key = (pair, timeframe, str(candle_type))
        if key not in self._known:
            self._channel.send(
                {"op": "candles", "pair": pair, "timeframe": timeframe, "type": str(candle_type)}
            )
            self._known[key] = decode_frame(self._channel.receive().payload)
        return self._known[key].copy()

    def forget(self) -> None:
        """Ask for all candles anew."""
        self._known.clear()

    def install(self) -> None:
        """Take the place of Freqtrade's files, in this process."""
        remote = self

        def ohlcv_load(
            self: FeatherDataHandler,
            pair: str,
            timeframe: str,
            timerange: TimeRange | None,
            candle_type: CandleType,
        ) -> DataFrame:
            del self, timerange  # the caller trims what it gets
            return remote.load(pair, timeframe, candle_type)

        FeatherDataHandler._ohlcv_load = ohlcv_load  # noqa: SLF001


class _Enough(Exception):
    """There are no callbacks, and so nothing to simulate."""


class Session:
    """One strategy in one worker.

    :param setting: Configuration and markets, which the worker has from its parent.
    :param channel: To who wants to know.
    """

    def __init__(self, setting: Setting, channel: Channel) -> None:
        self._setting = setting
        self._channel = channel
        self._remote = Remote(channel)
        self._remote.install()
        self._warned = _LastWarning()
        logging.root.handlers[:] = [self._warned]

    def open(self, order: Message) -> tuple[Backtesting, IStrategy]:
        """Load the strategy with Freqtrade's own resolver, in Freqtrade's own engine.

        :param order: ``name`` of the class, whose file lies in the current folder, ``run`` with
            what the run does differently from the configuration, and ``closes``.
        """
        name = str(order.head["name"])
        file = Path.cwd() / f"{name}.py"
        config = self._setting.configure(order.head["run"], file)
        config["datadir"] = Path.cwd()
        config["dataformat_ohlcv"] = "feather"
        config["user_data_dir"] = Path.cwd() / "user_data"
        # Empty rather than absent, which Freqtrade would warn of after what matters.
        (config["user_data_dir"] / "strategies").mkdir(parents=True, exist_ok=True)
        exchange, _ = self._setting.exchange(config, order.head["closes"])
        engine = _engine(config, exchange)
        strategy = engine.strategylist[0]
        if Path(strategy.__file__).resolve() != file.resolve():
            raise ImportError(f"Freqtrade loaded {strategy.__file__} instead")
        return engine, strategy

    def reopen(self, engine: Backtesting) -> tuple[Backtesting, IStrategy]:
        """Load the strategy anew, with nothing left of the candles that it has seen."""
        strategy = StrategyResolver.load_strategy(engine.config)
        engine.strategylist[:] = [strategy]
        engine.dataprovider = DataProvider(engine.config, engine.exchange, engine.pairlists)
        return engine, strategy

    def forget_candles(self) -> None:
        """Let the next question for candles be asked anew."""
        self._remote.forget()

    def candles(self, strategy: IStrategy, pair: str) -> DataFrame:
        """The candles of a pair in the strategy's timeframe, gaps included."""
        kind = strategy.config["candle_type_def"]
        found: DataFrame = self._remote.load(pair, strategy.timeframe, str(kind))
        return found

    def backtest(self, order: Message) -> None:
        """Compute the signals of all pairs; where there are callbacks, simulate and log them."""
        engine, strategy = self.open(order)
        data, timerange = engine.load_bt_data()
        first = First(strategy, taken=("ft_advise_signals", "advise_indicators"))
        keep_apart(strategy)
        log = Log()
        advise, simulate = strategy.ft_advise_signals, engine.time_pair_generator

        def advised(dataframe: DataFrame, metadata: dict[str, Any]) -> DataFrame:
            found: DataFrame = advise(dataframe, metadata)
            self.send_signals(str(metadata["pair"]), found)
            return found

        def begun(*given: Any) -> Any:
            # Only now are the strategy's attributes those that the engine goes by.
            told = first.declaration(first.changes())
            self._channel.send(told)
            if not told["callbacks"]:
                raise _Enough
            for name in told["callbacks"]:
                setattr(strategy, name, log.record(name, getattr(strategy, name)))
            for name in LOCKS:
                setattr(strategy, name, log.record_lock(name, getattr(strategy, name)))
            return simulate(*given)

        strategy.ft_advise_signals = advised
        engine.time_pair_generator = begun
        try:
            engine.backtest_one_strategy(strategy, data, timerange)
        except _Enough:
            self._channel.send({"op": "done"})
            return
        trades = engine.all_bt_content[strategy.get_strategy_name()]["results"]
        self._channel.send({"op": "answers"}, log.to_bytes())
        self._channel.send({"op": "trades"}, encode_frame(essential(trades)))
        self._channel.send({"op": "done"})

    def send_signals(self, pair: str, frame: DataFrame) -> None:
        """Send the signals of a pair, and the candles that they stand beside."""
        wanted = [*CANDLE_COLUMNS, *SIGNAL_COLUMNS]
        for position, name in enumerate(frame.columns):
            if name in NUMERIC and is_object_dtype(frame.dtypes.iloc[position]):
                signals = frame.iloc[:, position].map(as_number)
                frame = frame.copy(deep=False)
                frame.isetitem(position, signals.array)
        chosen = [i for i, name in enumerate(frame.columns) if name in wanted]
        head = {
            "op": "signals",
            "pair": pair,
            "dtypes": {str(frame.columns[i]): str(frame.dtypes.iloc[i]) for i in chosen},
        }
        self._channel.send(head, encode_frame(frame, chosen))

    def failed(self, exc: BaseException) -> None:
        """Say what went wrong, and where in the strategy."""
        frames = [
            frame
            for frame in traceback.extract_tb(exc.__traceback__)
            if Path(frame.filename).parent == Path.cwd()
        ]
        last = frames[-1] if frames else None
        line = last.lineno if last else None
        if isinstance(exc, SyntaxError) and exc.lineno:
            line = exc.lineno
        self._channel.send(
            {
                "op": "failed",
                "error": type(exc).__name__,
                "kinds": [kind.__name__ for kind in type(exc).__mro__],
                "message": self._message(exc)[:2000],
                "line": line,
                "function": last.name if last else "",
            }
        )

    def _message(self, exc: BaseException) -> str:
        text = str(exc)
        if text.startswith("Impossible to load Strategy") and self._warned.last:
            return f"{text.partition('. ')[0]}: {self._warned.last}"
        return text


class _LastWarning(logging.Handler):
    """Keeps the last warning: Freqtrade says there why it could not import a file."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.last = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Take one record, unless a better reason is known."""
        message = record.getMessage()
        if message.startswith("Could not import") or not self.last:
            self.last = message


def _engine(config: dict[str, Any], exchange: Any) -> Backtesting:
    """Freqtrade's engine, with what neither the strategy nor the configuration says assumed."""
    assumed: Mapping[str, tuple[str, Any]] = {
        "cannot both be unlimited": ("max_open_trades", ASSUMED_OPEN_TRADES),
        "Timeframe needs to be set": ("timeframe", ASSUMED_TIMEFRAME),
    }
    for _ in assumed:
        try:
            return Backtesting(config, exchange=exchange)
        except OperationalException as exc:
            said = [setting for words, setting in assumed.items() if words in str(exc)]
            if not said:
                raise
            config[said[0][0]] = said[0][1]
    return Backtesting(config, exchange=exchange)


def work(setting: Setting, channel: Channel, job: Mapping[str, Any]) -> None:
    """Be the worker: take an order, carry it out, and say what came of it."""
    if job["op"] == "probe":
        show_what_holds(channel)
        return
    order = channel.receive()
    if order.payload:
        setting.use_table(order.payload)
    session = Session(setting, channel)
    try:
        if job["op"] == "backtest":
            session.backtest(order)
        else:
            from freqgen.evaluation.trial import perform

            perform(session, channel, order)
    except (EOFError, BrokenPipeError, ConnectionError):
        raise
    # Whatever the strategy's code raises, an end of the program included.
    except (Exception, SystemExit, KeyboardInterrupt, GeneratorExit) as exc:  # noqa: BLE001
        session.failed(exc)
    sys.stdout.flush()
