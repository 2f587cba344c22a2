"""The risk of a design as attributes and callbacks of a Freqtrade strategy."""

from __future__ import annotations

from freqgen.design.binding import STOP_ATR_COLUMN, TARGET_COLUMN, TRAILING_ATR_COLUMN
from freqgen.design.checked import CheckedDesign
from freqgen.design.explain import number
from freqgen.design.layout import Attached, literal, statement
from freqgen.design.risk import TrailingAtr, TrailingRatio

_TRADE_ARGUMENTS = """\
        self,
        pair: str,
        trade: Trade,
        current_time: datetime,
        current_rate: float,
        current_profit: float,
        **kwargs: Any,
"""


def scaled(ratio: float, leverage: float) -> float:
    """A move of the price as a ratio of the stake, which is what Freqtrade wants."""
    return round(ratio * leverage, 10)


class RiskCode:
    """Attributes, callbacks and imports that the risk of a design needs."""

    def __init__(self, checked: CheckedDesign) -> None:
        self.design = checked.design
        self.risk = checked.design.risk
        self.has_target = checked.target is not None
        self.trailing_atr = (
            self.risk.trailing if isinstance(self.risk.trailing, TrailingAtr) else None
        )
        self.stop_atr = self.risk.stop_atr
        self.max_holding = self.risk.max_holding_minutes(self.design.timeframe)

    @property
    def uses_trade(self) -> bool:
        """Whether a callback takes a trade."""
        return bool(
            self.stop_atr
            or self.trailing_atr
            or self.has_target
            or self.max_holding
            or self.risk.risk_per_trade
        )

    def imports(self) -> dict[str, set[str]]:
        """Module to names."""
        wanted: dict[str, set[str]] = {}
        if self.uses_trade or self.risk.leverage != 1:
            wanted["datetime"] = {"datetime"}
            wanted["typing"] = {"Any"}
        if self.uses_trade:
            wanted["freqtrade.persistence"] = {"Trade"}
        if self.risk.protections:
            wanted.setdefault("typing", set()).add("Any")
        if self.max_holding:
            wanted["datetime"] = {"datetime", "timedelta"}
        if self.stop_atr or self.trailing_atr:
            wanted["freqtrade.strategy"] = {"stoploss_from_absolute", "timeframe_to_prev_date"}
            wanted["datetime"] = {"datetime", "timedelta"}
        return wanted

    def attributes(self) -> list[str]:
        """Class attributes, a statement each."""
        risk, leverage = self.risk, self.risk.leverage
        roi = {
            minutes: -1 if ratio == -1 else scaled(ratio, leverage)
            for minutes, ratio in sorted(risk.minimal_roi().items(), key=lambda i: int(i[0]))
        }
        lines = [
            statement(Attached("minimal_roi = ", literal(roi), ""), 4),
            f"    stoploss = {scaled(risk.stoploss, leverage)!r}",
        ]
        if isinstance(risk.trailing, TrailingRatio):
            lines += [
                "    trailing_stop = True",
                f"    trailing_stop_positive = {scaled(risk.trailing.ratio, leverage)!r}",
            ]
            if risk.trailing.offset:
                offset = scaled(risk.trailing.offset, leverage)
                lines += [
                    f"    trailing_stop_positive_offset = {offset!r}",
                    "    trailing_only_offset_is_reached = True",
                ]
        if self.stop_atr or self.trailing_atr:
            lines.append("    use_custom_stoploss = True")
        lines.append(f"    max_open_trades = {risk.max_open_trades}")
        return lines

    def methods(self) -> list[str]:
        """Callbacks, in the order in which Freqtrade's documentation has them."""
        methods = []
        if self.risk.protections:
            methods.append(self._protections())
        if self.risk.risk_per_trade or self.risk.leverage != 1:
            methods.append(self._stake())
        if self.has_target or self.max_holding or self.trailing_atr:
            methods.append(self._exit())
        if self.stop_atr or self.trailing_atr:
            methods += [self._stoploss(), self._signal_date()]
        if self.stop_atr:
            methods.append(self._signal_atr())
        if self.trailing_atr:
            methods.append(self._trailing_rate(self.trailing_atr))
        if self.risk.leverage != 1:
            methods.append(self._leverage())
        return methods

    def _protections(self) -> str:
        body = statement(Attached("return ", literal(self.risk.protections), ""), 8)
        return f'''    @property
    def protections(self) -> list[dict[str, Any]]:
        """Pauses after losses; active in a bot, and with --enable-protections in a backtest."""
{body}
'''

    def _stake(self) -> str:
        risk, leverage = self.risk.risk_per_trade, self.risk.leverage
        capped = ""
        if leverage != 1:
            # Freqtrade's stop and profit targets are ratios of the stake, one for all trades: with
            # another leverage than the design's they would be other moves of the price.
            capped = f"""
        if leverage < {float(leverage)!r}:
            return 0.0  # the stop would lie further away than it should"""
        head = self._stake_head()
        if not risk:
            return f'''{head}
        """No stake where the exchange allows less than leverage {number(leverage)}."""{capped}
        return proposed_stake
'''
        distance = f"distance = {number(-self.risk.stoploss)}"
        lookup = ""
        if self.stop_atr or self.trailing_atr:
            lookup = """
        dataframe, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)
        signal = dataframe.iloc[-1]"""
        if self.stop_atr:
            multiple = number(self.stop_atr.multiple)
            lookup += f'''
        atr = float(signal["{STOP_ATR_COLUMN}"])
        if atr > 0:
            distance = min(distance, {multiple} * atr / current_rate)'''
        if self.trailing_atr:
            multiple = number(self.trailing_atr.multiple)
            lookup += f'''
        lead = (float(signal["close"]) / current_rate - 1) * (1 if side == "short" else -1)
        trailing = lead + {multiple} * float(signal["{TRAILING_ATR_COLUMN}"]) / current_rate
        if trailing > 0:
            distance = min(distance, trailing)'''
        # The stake loses the move of the price times the leverage.
        of_stake = "distance" if leverage == 1 else "(distance * leverage)"
        return f'''{head}
        """Stake so much that the initial stop loses {risk:.6g} of the wallet."""{capped}
        if self.wallets is None:
            return proposed_stake
        {distance}{lookup}
        wallet = self.wallets.get_free(self.stake_currency) + Trade.total_open_trades_stakes()
        stake = wallet * {risk!r} / {of_stake}
        if min_stake is not None and stake < min_stake:
            return 0.0
        return min(stake, max_stake)
'''

    @staticmethod
    def _stake_head() -> str:
        return """\
    def custom_stake_amount(
        self,
        pair: str,
        current_time: datetime,
        current_rate: float,
        proposed_stake: float,
        min_stake: float | None,
        max_stake: float,
        leverage: float,
        entry_tag: str | None,
        side: str,
        **kwargs: Any,
    ) -> float:"""

    def _exit(self) -> str:
        target = ""
        if self.has_target:
            target = f'''
        dataframe, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)
        if len(dataframe):
            candle = dataframe.iloc[-1]
            close, target = float(candle["close"]), float(candle["{TARGET_COLUMN}"])
            if (close <= target) if trade.is_short else (close >= target):
                return "target"'''
        trailing = ""
        if self.trailing_atr:
            trailing = '''
        # Freqtrade ignores a stop that the price has left behind already.
        stop_rate = self.trailing_stop_rate(pair, trade)
        if stop_rate is not None and (
            current_rate >= stop_rate if trade.is_short else current_rate <= stop_rate
        ):
            return "trailing_stop"'''
        holding = ""
        if self.max_holding:
            holding = f'''
        if current_time - trade.open_date_utc >= timedelta(minutes={self.max_holding}):
            return "max_holding"'''
        what = " or ".join(
            text
            for text, present in (
                ("the price opened beyond the trailing stop", bool(self.trailing_atr)),
                (f"the last candle closed at or beyond {self.risk.target}", self.has_target),
                (f"the trade is {self.max_holding} minutes old", bool(self.max_holding)),
            )
            if present
        )
        return f'''    def custom_exit(
{_TRADE_ARGUMENTS}    ) -> str | bool | None:
        """Exit when {_wrapped(what)}."""{trailing}{target}{holding}
        return None
'''

    def _stoploss(self) -> str:
        rates = []
        if self.stop_atr:
            rates.append("self.atr_stop_rate(pair, trade)")
        if self.trailing_atr:
            rates.append("self.trailing_stop_rate(pair, trade)")
        if len(rates) == 1:
            choose = f"""        stop_rate = {rates[0]}
        if stop_rate is None:
            return None"""
        else:
            choose = f"""        rates = [{rates[0]}, {rates[1]}]
        known = [rate for rate in rates if rate is not None]
        if not known:
            return None
        stop_rate = min(known) if trade.is_short else max(known)"""
        return f'''    def custom_stoploss(
{_TRADE_ARGUMENTS}    ) -> float | None:
        """Tighten the stop; Freqtrade never loosens it, nor goes beyond the stoploss."""
{choose}
        return stoploss_from_absolute(
            stop_rate, current_rate, is_short=trade.is_short, leverage=trade.leverage
        )
'''

    def _signal_date(self) -> str:
        return '''    def signal_date(self, trade: Trade) -> datetime:
        """Opening time of the candle whose signal opened the trade."""
        opened = timeframe_to_prev_date(self.timeframe, trade.open_date_utc)
        return timeframe_to_prev_date(self.timeframe, opened - timedelta(seconds=1))
'''

    def _signal_atr(self) -> str:
        assert self.stop_atr is not None  # noqa: S101  (asked for only then)
        multiple = number(self.stop_atr.multiple)
        return f'''    def atr_stop_rate(self, pair: str, trade: Trade) -> float | None:
        """{multiple} times the ATR of the signal candle from the entry; kept with the trade."""
        atr = trade.get_custom_data("{STOP_ATR_COLUMN}")
        if atr is None:
            dataframe, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)
            on_signal = dataframe["date"] == self.signal_date(trade)
            signal = dataframe.loc[on_signal, "{STOP_ATR_COLUMN}"]
            if signal.empty or signal.isna().any():
                return None
            atr = float(signal.iloc[-1])
            trade.set_custom_data("{STOP_ATR_COLUMN}", atr)
        return trade.open_rate + (1 if trade.is_short else -1) * {multiple} * atr
'''

    def _trailing_rate(self, trailing: TrailingAtr) -> str:
        multiple = number(trailing.multiple)
        return f'''    def trailing_stop_rate(self, pair: str, trade: Trade) -> float | None:
        """{multiple} times the ATR behind the best close since the signal candle."""
        dataframe, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)
        closes = dataframe.loc[dataframe["date"] >= self.signal_date(trade), "close"]
        if closes.empty:
            return None
        best = float(closes.min() if trade.is_short else closes.max())
        kept = trade.get_custom_data("best_close")
        if kept is not None:
            best = min(best, kept) if trade.is_short else max(best, kept)
        if best != kept:
            trade.set_custom_data("best_close", best)
        atr = float(dataframe["{TRAILING_ATR_COLUMN}"].iloc[-1])
        if not atr > 0:
            return None
        return best + (1 if trade.is_short else -1) * {multiple} * atr
'''

    def _leverage(self) -> str:
        return f'''    def leverage(
        self,
        pair: str,
        current_time: datetime,
        current_rate: float,
        proposed_leverage: float,
        max_leverage: float,
        entry_tag: str | None,
        side: str,
        **kwargs: Any,
    ) -> float:
        """Leverage {number(self.risk.leverage)}, or the most that the exchange allows."""
        return min({float(self.risk.leverage)!r}, max_leverage)
'''


def _wrapped(text: str) -> str:
    """A docstring's only line, cut where it would be too long."""
    return text if len(text) <= 70 else "a condition of the risk holds"
