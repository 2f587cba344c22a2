"""What a strategy's callbacks answered, in the order in which the engine asked.

The engine asks the same questions in the same order whenever it gets the same answers. So the
answers are written down where the strategy lives, and read back where the engine is trusted: a
log that does not fit its questions shows that somebody changed the engine.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import wraps
from typing import Any

import numpy as np
import pandas as pd

from freqgen.sandbox.channel import Garbled
from freqgen.sandbox.frames import decode_frame, encode_frame

CALLBACKS = (
    "bot_loop_start",
    "check_entry_timeout",
    "check_exit_timeout",
    "confirm_trade_entry",
    "confirm_trade_exit",
    "order_filled",
    "custom_stoploss",
    "custom_roi",
    "custom_entry_price",
    "custom_exit_price",
    "custom_exit",
    "custom_stake_amount",
    "adjust_trade_position",
    "adjust_order_price",
    "leverage",
)
"""What the engine asks of a strategy while it simulates, by the outermost name of each."""

OLDER_NAMES: Mapping[str, tuple[str, ...]] = {
    "check_entry_timeout": ("check_buy_timeout",),
    "check_exit_timeout": ("check_sell_timeout",),
    "custom_exit": ("custom_sell",),
    "adjust_order_price": ("adjust_entry_price", "adjust_exit_price"),
}
"""Methods that Freqtrade's own version of a callback calls."""

LOCKS = ("lock_pair", "unlock_pair", "unlock_reason")
"""What a callback may do to the engine: methods of the strategy that change its locks."""

_NOT_HEARD = frozenset({"bot_loop_start", "order_filled"})
"""Callbacks whose answer the engine does not look at."""

_YES_OR_NO = frozenset(
    {"check_entry_timeout", "check_exit_timeout", "confirm_trade_entry", "confirm_trade_exit"}
)
"""Callbacks of whose answer the engine asks only whether it is true."""

_NOTHING, _TRUTH, _NUMBER, _TEXT, _PAIR, _RAISED, _DONE, _ODD = range(8)
_MAX_TEXT = 1000
_EXACT = 1 << 53  # integers that a float holds
_SCALARS = frozenset(
    {"float16", "float32", "float64", "int8", "int16", "int32", "int64"}
    | {"uint8", "uint16", "uint32", "uint64"}
)
"""Numpy's numbers: the engine calculates with them as they are, and rounds as they do."""
_COLUMNS = ("call", "pair", "time", "trade", "kind", "number", "text")


class Disagreement(BaseException):
    """The engine asked something else than what is written down next.

    No ``Exception``, because Freqtrade goes on after what callbacks raise.
    """


def overridden(strategy: object, base: type) -> list[str]:
    """Callbacks that a strategy has, by the outermost name.

    :param strategy: Itself, since a strategy may take a callback from elsewhere as it starts; or
        its class.
    """
    return [
        name
        for name in CALLBACKS
        if any(replaces(strategy, base, one) for one in (name, *OLDER_NAMES.get(name, ())))
    ]


def replaces(strategy: object, base: type, name: str) -> bool:
    """Whether a strategy has a method of its own in place of Freqtrade's."""
    found = getattr(strategy, name, None)
    return getattr(found, "__func__", found) is not getattr(base, name, None)


@dataclass
class Log:
    """Answers, column by column."""

    call: list[str] = field(default_factory=list)
    pair: list[str] = field(default_factory=list)
    time: list[int] = field(default_factory=list)
    trade: list[int] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    number: list[float] = field(default_factory=list)
    text: list[str | None] = field(default_factory=list)
    _asked: bool = field(default=False, repr=False, compare=False)

    def record(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        """Write down what a callback answers to the engine from now on."""

        @wraps(method)
        def recorded(*given: Any, **named: Any) -> Any:
            if self._asked:  # by another callback, and so not by the engine
                return method(*given, **named)
            pair, time, trade = _question(named)
            self._asked = True
            try:
                answer = method(*given, **named)
            except Exception as exc:
                raised = "ValueError" if isinstance(exc, ValueError) else "Exception"
                self._add(name, pair, time, trade, (_RAISED, math.nan, raised))
                raise
            finally:
                self._asked = False
            self._add(name, pair, time, trade, _encoded(name, answer))
            return answer

        return recorded

    def record_lock(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        """Write down what is done to the locks from now on."""

        def add(subject: object, moment: float = math.nan, words: str = "") -> None:
            self._add(name, _clean(subject), 0, 0, (_DONE, moment, _clean(words)))

        if name == "lock_pair":

            @wraps(method)
            def lock_pair(
                pair: str, until: datetime, reason: str | None = None, side: str = "*"
            ) -> None:
                method(pair, until, reason, side)
                add(pair, until.timestamp(), f"{side}|{reason or ''}")

            return lock_pair
        if name == "unlock_pair":

            @wraps(method)
            def unlock_pair(pair: str) -> None:
                method(pair)
                add(pair)

            return unlock_pair

        @wraps(method)
        def unlock_reason(reason: str) -> None:
            method(reason)
            add(reason)

        return unlock_reason

    def _add(
        self, name: str, pair: str, time: int, trade: int, answer: tuple[int, float, str | None]
    ) -> None:
        self.call.append(name)
        self.pair.append(pair)
        self.time.append(time)
        self.trade.append(trade)
        self.kind.append(answer[0])
        self.number.append(answer[1])
        self.text.append(answer[2])

    def to_bytes(self) -> bytes:
        """The whole log, as Arrow."""
        return encode_frame(pd.DataFrame({name: getattr(self, name) for name in _COLUMNS}))

    @classmethod
    def from_bytes(cls, data: bytes) -> Log:
        """Read a log, whoever wrote it.

        :raises Garbled: If it is none.
        """
        frame = decode_frame(data)
        if tuple(frame.columns) != _COLUMNS:
            raise Garbled("a log of callbacks with other columns")
        columns = {name: frame[name].tolist() for name in _COLUMNS}
        whole = all(isinstance(v, int) for n in ("time", "trade", "kind") for v in columns[n])
        texts = all(isinstance(v, str) for n in ("call", "pair") for v in columns[n])
        numbers = all(isinstance(v, int | float) for v in columns["number"])
        words = all(v is None or isinstance(v, str) for v in columns["text"])
        if not (whole and texts and numbers and words):
            raise Garbled("a log of callbacks with values of other kinds")
        found = cls()
        for name, values in columns.items():
            setattr(found, name, values)
        return found


def _question(named: Mapping[str, Any]) -> tuple[str, int, int]:
    """What tells one question of the engine from another: pair, milliseconds, trade."""
    trade = named.get("trade")
    pair = named.get("pair") or (trade.pair if trade is not None else "")
    moment = named.get("current_time")
    time = round(moment.timestamp() * 1000) if moment is not None else 0
    return str(pair), time, int(trade.id or 0) if trade is not None else 0


def _encoded(name: str, answer: Any) -> tuple[int, float, str | None]:
    """An answer as kind, number and text, as far as the engine looks at it."""
    if name in _NOT_HEARD or answer is None:
        return (_NOTHING, math.nan, None)
    if isinstance(answer, str) and name not in _YES_OR_NO:
        if _kept(answer) is None and name == "custom_exit":
            answer = answer[:_MAX_TEXT]  # the engine cuts it shorter still
        text = _kept(answer)
        return _odd(answer) if text is None else (_TEXT, math.nan, text)
    if isinstance(answer, bool | np.bool_) or name in _YES_OR_NO or name == "custom_exit":
        return _truth(answer)
    if isinstance(answer, tuple) and name == "adjust_trade_position":
        return _pair(answer)
    number = _number(answer)
    return _odd(answer) if number is None else (_NUMBER, *number)


def _truth(answer: Any) -> tuple[int, float, str | None]:
    try:
        return (_TRUTH, float(bool(answer)), None)
    except Exception:  # noqa: BLE001  (any class of a strategy's; the engine will ask it too)
        return _odd(answer)


def _pair(answer: tuple[Any, ...]) -> tuple[int, float, str | None]:
    """An amount and the tag of its order."""
    amount, words, *_ = (*answer, None, None)
    number = (math.nan, "none") if amount is None else _number(amount)
    text = "" if words is None else _kept(words)
    if not answer or number is None or text is None:
        return _odd(answer)
    return (_PAIR, number[0], f"{number[1]}|{text}")


def _number(answer: Any) -> tuple[float, str] | None:
    """A number, and of which type it is."""
    if isinstance(answer, np.ndarray) and answer.ndim == 0:
        answer = answer[()]
    if isinstance(answer, np.generic):
        kind = answer.dtype.name
        if kind not in _SCALARS or ("int" in kind and abs(int(answer)) > _EXACT):
            return None
        return float(answer), kind
    if isinstance(answer, float):
        return float(answer), "float"
    if isinstance(answer, int) and not isinstance(answer, bool) and abs(answer) <= _EXACT:
        return float(answer), "int"
    return None


def _kept(text: Any) -> str | None:
    """Text that comes out of a log as it went in."""
    return text if isinstance(text, str) and text == _clean(text) else None


def _clean(text: object) -> str:
    return str(text)[:_MAX_TEXT].encode(errors="replace").decode()


def _odd(answer: Any) -> tuple[int, float, str | None]:
    return (_ODD, math.nan, _clean(type(answer).__name__))


class Replay:
    """Gives answers back, one by one, to the questions that they belong to.

    :param log: What was written down.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._next = 0

    @property
    def finished(self) -> bool:
        """Whether all answers were asked for; locks of the last callback may be left."""
        return all(name in LOCKS for name in self._log.call[self._next :])

    def answer(self, strategy: Any, name: str, named: Mapping[str, Any]) -> Any:
        """What a callback answered.

        :param strategy: Whose locks are changed as the callback changed them.
        :raises Disagreement: If the log goes on with something else.
        """
        self._locks(strategy)
        log, at = self._log, self._next
        if at >= len(log.call):
            raise Disagreement(f"{name} was never asked for")
        asked = (name, *_question(named))
        if asked != (log.call[at], log.pair[at], log.time[at], log.trade[at]):
            raise Disagreement(f"{log.call[at]} was asked for {log.pair[at]} instead of {name}")
        self._next += 1
        return _decoded(log.kind[at], log.number[at], log.text[at])

    def _locks(self, strategy: Any) -> None:
        """Do what callbacks did to the locks before the next question."""
        log = self._log
        while self._next < len(log.call) and log.call[self._next] in LOCKS:
            at = self._next
            self._next += 1
            side, _, reason = (log.text[at] or "*|").partition("|")
            if log.call[at] == "lock_pair":
                try:
                    until = datetime.fromtimestamp(log.number[at], UTC)
                except (ValueError, OverflowError, OSError) as exc:
                    raise Disagreement(f"a lock until {log.number[at]}") from exc
                strategy.lock_pair(log.pair[at], until, reason or None, side)
            else:
                getattr(strategy, log.call[at])(log.pair[at])


def _decoded(kind: int, number: float, text: str | None) -> Any:
    """The answer that was written down.

    :raises Disagreement: If it is none that an engine can be given.
    """
    if kind == _NOTHING:
        return None
    if kind == _TRUTH:
        return bool(number)
    if kind == _NUMBER:
        return _as_it_was(number, text or "")
    if kind == _TEXT:
        return text or ""
    if kind == _PAIR:
        of, _, words = (text or "").partition("|")
        return (None if of == "none" else _as_it_was(number, of), words)
    if kind == _RAISED:
        raise (ValueError if text == "ValueError" else RuntimeError)("the callback raised this")
    raise Disagreement(f"an answer of the type {text}")


def _as_it_was(number: float, kind: str) -> Any:
    if kind == "float":
        return float(number)
    if kind == "int" or (kind in _SCALARS and "int" in kind):
        if not (abs(number) <= _EXACT and float(number).is_integer()):
            raise Disagreement(f"{number} as a whole number")
        number = int(number)
    if kind == "int":
        return number
    if kind not in _SCALARS:
        raise Disagreement(f"a number of the type {kind[:40]}")
    try:
        with np.errstate(all="ignore"):
            return np.dtype(kind).type(number)
    except OverflowError as exc:
        raise Disagreement(f"{number} as {kind}") from exc
