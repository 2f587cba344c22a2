"""What a backtest said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from freqgen.exceptions import EngineError


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestResult:
    """What Freqtrade's backtest said. Amounts are in the stake currency.

    :param name: Class name of the strategy.
    :param trades: Number of trades, of which ``trades_long`` and ``trades_short``.
    :param profit_total: Profit as a ratio of the starting balance (0.02 is 2 %).
    :param max_drawdown: Largest fall of the balance, as a ratio of its peak.
    :param sharpe: Freqtrade's; so are ``sortino``, ``calmar``, ``cagr``, ``profit_factor``
        and ``expectancy``. ``None`` where it is no number.
    :param win_rate: Ratio of trades that won; ``None`` without trades.
    :param avg_duration: Average duration of a trade in seconds; ``None`` without trades.
    :param market_change: What buying all pairs in equal parts and holding them made, as a
        ratio.
    :param backtest_start: First candle, after those that indicators need.
    :param fee: Ratio paid on each entry and each exit.
    :param markets: ``stored`` if precisions, limits and fees come from the exchange,
        ``assumed`` if they were derived from the candles.
    :param sandbox: What held the strategy's code: ``full``, ``strong``, ``partial``, or ``none``
        for what freqgen's compiler wrote, on a machine that holds nothing.
    :param warnings: Sentences on what makes the numbers less than they seem.
    :param missing_data: Those of the warnings that say which data Freqtrade takes as zero
        without a word because it is not there: funding rates and mark prices of futures.
    :param results_file: Freqtrade's file with the result, or ``None`` if it was not stored.
    :param seconds: What the run took, from request to result.
    :param timings: Parts of it, by name, in seconds.
    :param per_pair: One row a pair: ``key``, ``trades``, ``profit_total``,
        ``profit_total_abs``, ``wins``, ``draws``, ``losses``. The same in
        ``per_enter_tag`` and ``per_exit_reason``.
    :param trade_list: One row a trade, with Freqtrade's names and ISO 8601 times.
    """

    name: str
    trades: int
    trades_long: int
    trades_short: int
    profit_total: float
    profit_total_abs: float
    starting_balance: float
    final_balance: float
    max_drawdown: float
    max_drawdown_abs: float
    sharpe: float | None
    sortino: float | None
    calmar: float | None
    cagr: float | None
    profit_factor: float | None
    expectancy: float | None
    win_rate: float | None
    wins: int
    draws: int
    losses: int
    avg_duration: float | None
    market_change: float | None
    backtest_start: str
    backtest_end: str
    pairs: list[str]
    timeframe: str
    timerange: str
    stake_currency: str
    stake_amount: float | str
    max_open_trades: float | None
    trading_mode: str
    rejected_signals: int
    fee: float
    markets: str
    sandbox: str
    warnings: list[str]
    missing_data: list[str]
    results_file: str | None
    seconds: float
    timings: dict[str, float]
    per_pair: list[dict[str, Any]]
    per_enter_tag: list[dict[str, Any]]
    per_exit_reason: list[dict[str, Any]]
    trade_list: list[dict[str, Any]]

    def to_dict(self, *, trade_list: bool = False) -> dict[str, Any]:
        """All fields as JSON values.

        :param trade_list: Whether to include the list of trades, which may be long.
        """
        names = [item.name for item in fields(self) if trade_list or item.name != "trade_list"]
        return {name: getattr(self, name) for name in names}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Build a result from what the engine's process sent.

        :raises EngineError: If a field is missing, unknown or of the wrong kind.
        """
        wanted = {item.name: str(item.type) for item in fields(cls)}
        if wanted.keys() != data.keys():
            odd = ", ".join(sorted(wanted.keys() ^ data.keys()))
            raise EngineError(f"Freqtrade's engine sent a result with the wrong fields: {odd}")
        for name, kind in wanted.items():
            if not _fits(data[name], kind):
                raise EngineError(f"Freqtrade's engine sent {name} = {data[name]!r}, not {kind}")
        return cls(**data)


_KINDS: Mapping[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "str": (str,),
    "None": (type(None),),
    "list": (list,),
    "dict": (dict,),
}


def _fits(value: object, kind: str) -> bool:
    allowed = [_KINDS[part.strip().partition("[")[0]] for part in kind.split("|")]
    return isinstance(value, tuple(item for group in allowed for item in group)) and not (
        isinstance(value, bool)
    )
