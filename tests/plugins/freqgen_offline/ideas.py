"""Briefs over the ways in which people write trading rules, with the designs that they mean.

They were written before the code that reads them. Indicators are named in shorthand:
``STOCH(14, 3, 3)``, ``EMA(200) @ 4h``, ``PRICE @ 4h of BTC/USDT``, ``SMA(9) from rsi``.
"""

from __future__ import annotations

from tests.plugins.freqgen_offline.likeness import Idea

BEFORE = [
    Idea(
        id="period before the name",
        text="Buy when the 14-period RSI is under 30 and price closes below the lower band. Sell "
        "when RSI gets back above 50. 15-minute candles, stop 3%.",
        timeframe="15m",
        uses={"rsi": "RSI(14)", "bb": "BBANDS(20, 2, 2)"},
        entry_long=["rsi < 30", "close < bb.lower"],
        exit_long=["crosses_above(rsi, 50)"],
        risk={"stoploss": -0.03},
    ),
    Idea(
        id="arrows, and out",
        text="RSI 14 under 30, price over EMA 200 → long. RSI 14 over 70 → out. 1h, 4% stop.",
        timeframe="1h",
        uses={"rsi": "RSI(14)", "ema": "EMA(200)"},
        entry_long=["rsi < 30", "close > ema"],
        exit_long=["rsi > 70"],
        risk={"stoploss": -0.04},
    ),
    Idea(
        id="the opposite cross",
        text="Buy on a 50/200 EMA cross and get out on the opposite cross. Daily, 8% stop.",
        timeframe="1d",
        uses={"fast": "EMA(50)", "slow": "EMA(200)"},
        entry_long=["crosses_above(fast, slow)"],
        exit_long=["crosses_below(fast, slow)"],
        risk={"stoploss": -0.08},
    ),
    Idea(
        id="a golden cross with a filter",
        text="Go long on a golden cross (50/200 SMA) as long as ADX(14) is over 25; exit on the "
        "death cross. Daily chart, 15% stop.",
        timeframe="1d",
        uses={"fast": "SMA(50)", "slow": "SMA(200)", "adx": "ADX(14)"},
        entry_long=["crosses_above(fast, slow)", "adx > 25"],
        exit_long=["crosses_below(fast, slow)"],
        risk={"stoploss": -0.15},
    ),
    Idea(
        id="a 20-day high on daily candles",
        text="Enter when price closes above the 20-day high, exit when it closes below the 10-day "
        "low. Daily candles. Stop 2 x ATR(14), hard stop 10%.",
        timeframe="1d",
        entry_long=["close > shift(highest(high, 20), 1)"],
        exit_long=["close < shift(lowest(low, 10), 1)"],
        risk={"stop_atr": {"multiple": 2, "period": 14}, "stoploss": -0.1},
    ),
    Idea(
        id="a 20-day high on hourly candles",
        text="Buy when the close crosses above the 20-day high. Sell when RSI(14) is below 45. "
        "Hourly candles, 6% stop.",
        timeframe="1h",
        uses={"rsi": "RSI(14)"},
        entry_long=["crosses_above(close, shift(highest(high, 480), 1))"],
        exit_long=["rsi < 45"],
        risk={"stoploss": -0.06},
    ),
    Idea(
        id="volume twice its average",
        text="Buy if volume is twice its 20-period average and the candle is green. Sell after 10 "
        "candles. 5m. 2% stop loss.",
        timeframe="5m",
        entry_long=["volume >= 2 * mean(volume, 20)", "close > open"],
        risk={"stoploss": -0.02, "max_holding": {"candles": 10}},
    ),
    Idea(
        id="colons after the condition",
        text="ADX(14) below 20 and RSI(14) below 35: buy. RSI(14) above 60: sell. 1h chart, 3% "
        "stop.",
        timeframe="1h",
        uses={"adx": "ADX(14)", "rsi": "RSI(14)"},
        entry_long=["adx < 20", "rsi < 35"],
        exit_long=["rsi > 60"],
        risk={"stoploss": -0.03},
    ),
    Idea(
        id="the MACD crosses its signal",
        text="Long when the MACD line (12, 26, 9) crosses its signal from below while the MACD is "
        "under zero. Close the long when the MACD line crosses below its signal. 4h, stop 6%.",
        timeframe="4h",
        uses={"macd": "MACD(12, 26, 9)"},
        entry_long=["crosses_above(macd.line, macd.signal)", "macd.line < 0"],
        exit_long=["crosses_below(macd.line, macd.signal)"],
        risk={"stoploss": -0.06},
    ),
    Idea(
        id="slow %K over slow %D",
        text="Buy when slow %K is over slow %D and slow %K is below 20. Sell when slow %K is over "
        "80. Stochastic (14, 3, 3), 30m, stop loss 2.5%.",
        timeframe="30m",
        uses={"stoch": "STOCH(14, 3, 0, 3, 0)"},
        entry_long=["stoch.k > stoch.d", "stoch.k < 20"],
        exit_long=["stoch.k > 80"],
        risk={"stoploss": -0.025},
    ),
    Idea(
        id="the stochastic is oversold",
        text="Buy when %K crosses above %D while the stochastic is oversold; sell when it is "
        "overbought. Stochastic 14,3,3. 1h, stop 3 percent.",
        timeframe="1h",
        uses={"stoch": "STOCH(14, 3, 0, 3, 0)"},
        entry_long=["crosses_above(stoch.k, stoch.d)", "stoch.k < 20"],
        exit_long=["stoch.k > 80"],
        risk={"stoploss": -0.03},
    ),
    Idea(
        id="money flow",
        text="Buy when the money flow index (14) is oversold, sell when it's overbought. 4h "
        "candles, 5% stop.",
        timeframe="4h",
        uses={"mfi": "MFI(14)"},
        entry_long=["mfi < 20"],
        exit_long=["mfi > 80"],
        risk={"stoploss": -0.05},
    ),
    Idea(
        id="CCI and its hundred",
        text="Buy when CCI(20) crosses back above -100, exit when CCI crosses below 100. 1h, stop "
        "4%.",
        timeframe="1h",
        uses={"cci": "CCI(20)"},
        entry_long=["crosses_above(cci, -100)"],
        exit_long=["crosses_below(cci, 100)"],
        risk={"stoploss": -0.04},
    ),
    Idea(
        id="Williams",
        text="Long when Williams %R (14) is below -80 and rising; exit when %R rises above -20. 4h "
        "candles. 5% stop.",
        timeframe="4h",
        uses={"willr": "WILLR(14)"},
        entry_long=["willr < -80", "rising(willr, 1)"],
        exit_long=["crosses_above(willr, -20)"],
        risk={"stoploss": -0.05},
    ),
    Idea(
        id="a hammer",
        text="Buy when there is a hammer and the low is below the lower Bollinger band (20, 2). "
        "Take profit 4%, stop 2%, 1h.",
        timeframe="1h",
        uses={"hammer": "CDLHAMMER", "bb": "BBANDS(20, 2, 2)"},
        entry_long=["hammer > 0", "low < bb.lower"],
        risk={"take_profit": 0.04, "stoploss": -0.02},
    ),
    Idea(
        id="engulfing candles",
        text="Buy on a bullish engulfing candle when RSI(14) is below 40. Sell on a bearish "
        "engulfing. 4h, 5% stop.",
        timeframe="4h",
        uses={"engulfing": "CDLENGULFING", "rsi": "RSI(14)"},
        entry_long=["engulfing > 0", "rsi < 40"],
        exit_long=["engulfing < 0"],
        risk={"stoploss": -0.05},
    ),
    Idea(
        id="three red candles in a row",
        text="After three red candles in a row, buy. Sell when price closes above the 5 SMA. "
        "Daily, 7% stop.",
        timeframe="1d",
        uses={"sma": "SMA(5)"},
        entry_long=["highest(close - open, 3) < 0"],
        exit_long=["close > sma"],
        risk={"stoploss": -0.07},
    ),
    Idea(
        id="dropped over the last candles",
        text="Buy when price dropped 5% over the last 6 candles. Take 3% profit, 4% stop, hold for "
        "at most 24 hours. 1h candles.",
        timeframe="1h",
        entry_long=["change(close, 6) <= -0.05"],
        risk={"take_profit": 0.03, "stoploss": -0.04, "max_holding": "24h"},
    ),
    Idea(
        id="hours of the day",
        text="Only trade between 8:00 and 16:00 UTC. Buy when RSI(14) crosses above 30, sell when "
        "it crosses above 65. 15m. Stop 1.5%.",
        timeframe="15m",
        uses={"rsi": "RSI(14)"},
        entry_long=["crosses_above(rsi, 30)", "hour() >= 8", "hour() < 16"],
        exit_long=["crosses_above(rsi, 65)"],
        risk={"stoploss": -0.015},
    ),
    Idea(
        id="another pair",
        text="Buy when RSI(14) drops below 30, but only if BTC is above its own 200 EMA on the 4h. "
        "Sell when RSI is 60 or above. 1h, stop 5%.",
        timeframe="1h",
        uses={
            "rsi": "RSI(14)",
            "btc": "PRICE @ 4h of BTC/USDT",
            "trend": "EMA(200) @ 4h of BTC/USDT",
        },
        entry_long=["crosses_below(rsi, 30)", "btc > trend"],
        exit_long=["rsi >= 60"],
        risk={"stoploss": -0.05},
    ),
    Idea(
        id="the number first",
        text="Buy if 30 is greater than RSI 14. Sell if 70 is less than RSI 14. 1h, 2% stop.",
        timeframe="1h",
        uses={"rsi": "RSI(14)"},
        entry_long=["rsi < 30"],
        exit_long=["rsi > 70"],
        risk={"stoploss": -0.02},
    ),
    Idea(
        id="unless",
        text="Buy when RSI(2) is below 10 unless price is under the 200 SMA. Sell when price is "
        "above the 5 SMA. 1d, 10% stop.",
        timeframe="1d",
        uses={"rsi": "RSI(2)", "slow": "SMA(200)", "fast": "SMA(5)"},
        entry_long=["rsi < 10", "not (close < slow)"],
        exit_long=["close > fast"],
        risk={"stoploss": -0.1},
    ),
    Idea(
        id="never buy when",
        text="Buy when RSI(14) < 30. Never buy when ADX(14) is above 40. Sell when RSI > 55. 1h, "
        "3% stop.",
        timeframe="1h",
        uses={"rsi": "RSI(14)", "adx": "ADX(14)"},
        entry_long=["rsi < 30", "not (adx > 40)"],
        exit_long=["rsi > 55"],
        risk={"stoploss": -0.03},
    ),
    Idea(
        id="a rising average",
        text="Buy when the 20 EMA is rising and price dips below the 20 EMA. Sell when price is 2% "
        "above the 20 EMA. 1h, stop 3%.",
        timeframe="1h",
        uses={"ema": "EMA(20)"},
        entry_long=["rising(ema, 1)", "crosses_below(close, ema)"],
        exit_long=["close > 1.02 * ema"],
        risk={"stoploss": -0.03},
    ),
    Idea(
        id="the first candle that",
        text="Buy on the first candle that closes above the 50 EMA. Sell on the first candle that "
        "closes below it. 4h, 5% stop.",
        timeframe="4h",
        uses={"ema": "EMA(50)"},
        entry_long=["crosses_above(close, ema)"],
        exit_long=["crosses_below(close, ema)"],
        risk={"stoploss": -0.05},
    ),
    Idea(
        id="within the last candles",
        text="Buy when RSI(14) was below 30 within the last 5 candles and the MACD histogram "
        "(12, 26, 9) turns positive. Sell when RSI is above 65. 1h, 3% stop.",
        timeframe="1h",
        uses={"rsi": "RSI(14)", "macd": "MACD(12, 26, 9)"},
        entry_long=["bars_since(rsi < 30) < 5", "crosses_above(macd.histogram, 0)"],
        exit_long=["rsi > 65"],
        risk={"stoploss": -0.03},
    ),
    Idea(
        id="shorts with leverage",
        text="Short when price closes below the 20-candle low and ADX(14) is above 20. Cover when "
        "price closes above the 10-candle high. 4h, stop 2.5 ATR(14), hard stop 12%, 2x leverage.",
        timeframe="4h",
        uses={"adx": "ADX(14)"},
        entry_short=["close < shift(lowest(low, 20), 1)", "adx > 20"],
        exit_short=["close > shift(highest(high, 10), 1)"],
        risk={"stop_atr": {"multiple": 2.5, "period": 14}, "stoploss": -0.12, "leverage": 2},
    ),
    Idea(
        id="a trailing stop in ATR",
        text="Buy when close crosses above the 100 SMA. Trail the stop 3 ATR(22) below the highest "
        "close. Stop loss 15%. 4h.",
        timeframe="4h",
        uses={"sma": "SMA(100)"},
        entry_long=["crosses_above(close, sma)"],
        risk={"trailing": {"multiple": 3, "period": 22}, "stoploss": -0.15},
    ),
    Idea(
        id="a trailing stop that begins in profit",
        text="Buy when RSI(14) < 35. Once 3% in profit, trail by 1.5%. Stop loss 4%. 15m.",
        timeframe="15m",
        uses={"rsi": "RSI(14)"},
        entry_long=["rsi < 35"],
        risk={"trailing": {"ratio": 0.015, "offset": 0.03}, "stoploss": -0.04},
    ),
    Idea(
        id="profits by time",
        text="Buy when RSI(14) < 30. Take 5% at once, 3% after an hour and 1% after 4 hours. Stop "
        "8%. 5m.",
        timeframe="5m",
        uses={"rsi": "RSI(14)"},
        entry_long=["rsi < 30"],
        risk={"roi": {"0": 0.05, "60": 0.03, "240": 0.01}, "stoploss": -0.08},
    ),
    Idea(
        id="an ROI table",
        text="Buy when RSI(14) < 30.\nROI:\n- 0 min: 6%\n- 30 min: 4%\n- 120 min: 1%\nStoploss: "
        "10%\nTimeframe: 5m",
        timeframe="5m",
        uses={"rsi": "RSI(14)"},
        entry_long=["rsi < 30"],
        risk={"roi": {"0": 0.06, "30": 0.04, "120": 0.01}, "stoploss": -0.1},
    ),
    Idea(
        id="Donchian channels",
        text="Buy when the close breaks above the upper Donchian channel (20). Sell when the close "
        "falls below the lower Donchian channel (20). 1d, 12% stop.",
        timeframe="1d",
        uses={"dc": "DONCHIAN(20)"},
        entry_long=["crosses_above(close, shift(dc.upper, 1))"],
        exit_long=["crosses_below(close, shift(dc.lower, 1))"],
        risk={"stoploss": -0.12},
    ),
    Idea(
        id="Keltner channels",
        text="Buy when price is above the upper Keltner channel, sell when it drops below the "
        "middle of the Keltner channel. 4h, stop 6%.",
        timeframe="4h",
        uses={"kc": "KC(20, 10, 2)"},
        entry_long=["close > kc.upper"],
        exit_long=["crosses_below(close, kc.middle)"],
        risk={"stoploss": -0.06},
    ),
    Idea(
        id="Supertrend",
        text="Buy when the Supertrend (10, 3) turns green. Sell when it turns red. 1h, 8% stop.",
        timeframe="1h",
        uses={"st": "SUPERTREND(10, 3)"},
        entry_long=["crosses_above(st.direction, 0)"],
        exit_long=["crosses_below(st.direction, 0)"],
        risk={"stoploss": -0.08},
    ),
    Idea(
        id="parabolic SAR",
        text="Buy when price crosses above the parabolic SAR and ADX(14) > 25. Sell when price "
        "crosses below the SAR. 1h, 5% stop.",
        timeframe="1h",
        uses={"sar": "SAR(0.02, 0.2)", "adx": "ADX(14)"},
        entry_long=["crosses_above(close, sar)", "adx > 25"],
        exit_long=["crosses_below(close, sar)"],
        risk={"stoploss": -0.05},
    ),
    Idea(
        id="a rolling VWAP",
        text="Buy when price is 2% below the 24-period VWAP, sell at the VWAP. 1h, 4% stop.",
        timeframe="1h",
        uses={"vwap": "ROLLING_VWAP(24)"},
        entry_long=["close < 0.98 * vwap"],
        risk={"target": "vwap", "stoploss": -0.04},
    ),
    Idea(
        id="on-balance volume rises",
        text="Buy when OBV has been rising for 5 candles and price is above the 50 EMA. Sell when "
        "OBV has been falling for 5 candles. 4h, 6% stop.",
        timeframe="4h",
        uses={"obv": "OBV", "ema": "EMA(50)"},
        entry_long=["rising(obv, 5)", "close > ema"],
        exit_long=["falling(obv, 5)"],
        risk={"stoploss": -0.06},
    ),
    Idea(
        id="above the cloud",
        text="Ichimoku: buy when the tenkan crosses above the kijun and price is above the cloud. "
        "Sell when price closes below the kijun. 4h, 7% stop.",
        timeframe="4h",
        uses={"ichi": "ICHIMOKU(9, 26, 52, 26)"},
        entry_long=[
            "crosses_above(ichi.tenkan, ichi.kijun)",
            "close > ichi.senkou_a",
            "close > ichi.senkou_b",
        ],
        exit_long=["close < ichi.kijun"],
        risk={"stoploss": -0.07},
    ),
    Idea(
        id="Aroon",
        text="Buy when Aroon up (25) is above 70 and Aroon down (25) is below 30. Sell when Aroon "
        "down is above 70. 1d, 10% stop.",
        timeframe="1d",
        uses={"aroon": "AROON(25)"},
        entry_long=["aroon.up > 70", "aroon.down < 30"],
        exit_long=["aroon.down > 70"],
        risk={"stoploss": -0.1},
    ),
    Idea(
        id="rate of change",
        text="Buy if ROC(12) > 5 and the 50 EMA is above the 200 EMA; sell if ROC(12) < 0. 4h "
        "timeframe; stop-loss = 7%",
        timeframe="4h",
        uses={"roc": "ROC(12)", "fast": "EMA(50)", "slow": "EMA(200)"},
        entry_long=["roc > 5", "fast > slow"],
        exit_long=["roc < 0"],
        risk={"stoploss": -0.07},
    ),
    Idea(
        id="stochastic RSI",
        text="Enter when StochRSI %K crosses above %D below 20, exit when StochRSI %K is above 80. "
        "15m, 2% stop.",
        timeframe="15m",
        uses={"srsi": "STOCHRSI(14, 5, 3, 0)"},
        entry_long=["crosses_above(srsi.k, srsi.d)", "srsi.k < 20"],
        exit_long=["srsi.k > 80"],
        risk={"stoploss": -0.02},
    ),
    Idea(
        id="averages of many kinds",
        text="Buy when the 9 HMA crosses above the 21 TEMA and price is above the 50 KAMA. Sell "
        "when the 9 HMA crosses below the 21 TEMA. 1h, 3% stop.",
        timeframe="1h",
        uses={"hma": "HMA(9)", "tema": "TEMA(21)", "kama": "KAMA(50)"},
        entry_long=["crosses_above(hma, tema)", "close > kama"],
        exit_long=["crosses_below(hma, tema)"],
        risk={"stoploss": -0.03},
    ),
    Idea(
        id="averages stacked",
        text="Buy when EMA 9 > EMA 21 > EMA 55 and RSI(14) crosses above 50. Sell when EMA 9 "
        "crosses below EMA 21. 1h, 4% stop",
        timeframe="1h",
        uses={"a": "EMA(9)", "b": "EMA(21)", "c": "EMA(55)", "rsi": "RSI(14)"},
        entry_long=["a > b", "b > c", "crosses_above(rsi, 50)"],
        exit_long=["crosses_below(a, b)"],
        risk={"stoploss": -0.04},
    ),
    Idea(
        id="a squeeze",
        text="Buy when the upper Bollinger band (20, 2) crosses above the upper Keltner channel "
        "(20, 10, 1.5) and close is above the 20 EMA. Exit after 20 candles. 1h, 4% stop.",
        timeframe="1h",
        uses={"bb": "BBANDS(20, 2, 2)", "kc": "KC(20, 10, 1.5)", "ema": "EMA(20)"},
        entry_long=["crosses_above(bb.upper, kc.upper)", "close > ema"],
        risk={"max_holding": {"candles": 20}, "stoploss": -0.04},
    ),
    Idea(
        id="a gap",
        text="Buy when the candle opens more than 2% below the previous close. Sell when the close "
        "is above the previous high. 1d, 8% stop.",
        timeframe="1d",
        entry_long=["open < 0.98 * shift(close, 1)"],
        exit_long=["close > shift(high, 1)"],
        risk={"stoploss": -0.08},
    ),
    Idea(
        id="days of the week",
        text="Buy on Mondays when RSI(14) is below 45, sell on Fridays. 1h, 6% stop.",
        timeframe="1h",
        uses={"rsi": "RSI(14)"},
        entry_long=["weekday() == 0", "rsi < 45"],
        exit_long=["weekday() == 4"],
        risk={"stoploss": -0.06},
    ),
    Idea(
        id="not on weekends",
        text="Don't trade on weekends. Buy when price crosses above the 20 EMA, sell when price "
        "crosses below the 20 EMA. 1h, 3% stop.",
        timeframe="1h",
        uses={"ema": "EMA(20)"},
        entry_long=["crosses_above(close, ema)", "weekday() < 5"],
        exit_long=["crosses_below(close, ema)"],
        risk={"stoploss": -0.03},
    ),
    Idea(
        id="an inside bar",
        text="Buy when there is an inside bar and the 50 SMA is rising for 3 candles. Take profit "
        "5%, stop loss 3%. 4h.",
        timeframe="4h",
        uses={"sma": "SMA(50)"},
        entry_long=["high < shift(high, 1)", "low > shift(low, 1)", "rising(sma, 3)"],
        risk={"take_profit": 0.05, "stoploss": -0.03},
    ),
    Idea(
        id="a new high of a day",
        text="Buy when price makes a new 24-hour high. 1h candles. Trailing stop 4%, stop 6%.",
        timeframe="1h",
        entry_long=["high > shift(highest(high, 24), 1)"],
        risk={"trailing": {"ratio": 0.04}, "stoploss": -0.06},
    ),
    Idea(
        id="Heikin-Ashi",
        text="Buy when the Heikin-Ashi candle turns green, sell when the Heikin-Ashi candle turns "
        "red. 4h, 5% stop.",
        timeframe="4h",
        uses={"ha": "HA"},
        entry_long=["crosses_above(ha.close, ha.open)"],
        exit_long=["crosses_below(ha.close, ha.open)"],
        risk={"stoploss": -0.05},
    ),
    Idea(
        id="z-score",
        text="Buy when the 50-period z-score of the close is below -2, sell when it is above 0. "
        "1h, 5% stop.",
        timeframe="1h",
        entry_long=["zscore(close, 50) < -2"],
        exit_long=["zscore(close, 50) > 0"],
        risk={"stoploss": -0.05},
    ),
    Idea(
        id="several ways out",
        text="Buy when close < lower BB(20, 2). Sell when RSI(14) > 70 or price is above the upper "
        "BB or after 2 days. 1h, 4% stop.",
        timeframe="1h",
        uses={"bb": "BBANDS(20, 2, 2)", "rsi": "RSI(14)"},
        entry_long=["close < bb.lower"],
        exit_long=["rsi > 70 or close > bb.upper"],
        risk={"max_holding": "2d", "stoploss": -0.04},
    ),
    Idea(
        id="the four-hour average",
        text="On the 15m chart, buy when RSI(14) crosses above 30 and price is above the 4h EMA "
        "200. Sell when RSI(14) crosses above 70. 2% stop.",
        timeframe="15m",
        uses={"rsi": "RSI(14)", "ema": "EMA(200) @ 4h"},
        entry_long=["crosses_above(rsi, 30)", "close > ema"],
        exit_long=["crosses_above(rsi, 70)"],
        risk={"stoploss": -0.02},
    ),
    Idea(
        id="an oscillator of another timeframe",
        text="Buy when the daily RSI(14) is above 50 and the hourly RSI(14) is below 30. Sell when "
        "the hourly RSI is above 60. 1h candles, 5% stop.",
        timeframe="1h",
        uses={"rsi": "RSI(14)", "daily": "RSI(14) @ 1d"},
        entry_long=["daily > 50", "rsi < 30"],
        exit_long=["rsi > 60"],
        risk={"stoploss": -0.05},
    ),
    Idea(
        id="the 200-day average of hourly candles",
        text="Buy when RSI(14) is below 30 and close is above the 200-day SMA. Sell when RSI(14) "
        "is above 55. 1h, 6% stop.",
        timeframe="1h",
        uses={"rsi": "RSI(14)", "sma": "SMA(200) @ 1d"},
        entry_long=["rsi < 30", "close > sma"],
        exit_long=["rsi > 55"],
        risk={"stoploss": -0.06},
    ),
    Idea(
        id="directional movement",
        text="Buy when +DI(14) crosses above -DI(14) with ADX(14) above 20. Sell when +DI crosses "
        "below -DI. 4h, stop 6%.",
        timeframe="4h",
        uses={"plus": "PLUS_DI(14)", "minus": "MINUS_DI(14)", "adx": "ADX(14)"},
        entry_long=["crosses_above(plus, minus)", "adx > 20"],
        exit_long=["crosses_below(plus, minus)"],
        risk={"stoploss": -0.06},
    ),
    Idea(
        id="a higher high and a higher low",
        text="Buy when there is a higher high and a higher low and volume is rising for 2 candles. "
        "Sell when there is a lower low. 4h, 5% stop.",
        timeframe="4h",
        entry_long=["high > shift(high, 1)", "low > shift(low, 1)", "rising(volume, 2)"],
        exit_long=["low < shift(low, 1)"],
        risk={"stoploss": -0.05},
    ),
    Idea(
        id="a stop at a band",
        text="Buy when close crosses above the middle Bollinger band (20, 2). Target the upper "
        "band, stop at the lower band. 1h, hard stop 8%.",
        timeframe="1h",
        uses={"bb": "BBANDS(20, 2, 2)"},
        entry_long=["crosses_above(close, bb.middle)"],
        exit_long=["close <= bb.lower"],
        risk={"target": "bb.upper", "stoploss": -0.08},
    ),
    Idea(
        id="a table of everything",
        text="STRATEGY\nTimeframe: 1 hour\nDirection: long only\n\nINDICATORS\n- RSI, length 14\n"
        "- EMA, length 200\n\nENTRY (all must be true)\n1. RSI crosses above 30\n2. Close is above "
        "EMA\n\nEXIT (any)\n1. RSI crosses above 70\n2. Close drops below EMA\n\nRISK\n- Stop "
        "loss: 3%\n- Take profit: 6%\n- Max open trades: 4",
        timeframe="1h",
        uses={"rsi": "RSI(14)", "ema": "EMA(200)"},
        entry_long=["crosses_above(rsi, 30)", "close > ema"],
        exit_long=["crosses_above(rsi, 70) or crosses_below(close, ema)"],
        risk={"stoploss": -0.03, "take_profit": 0.06, "max_open_trades": 4},
    ),
]

REFUSED = [
    ("tomorrow", "Buy when tomorrow's close is higher than today's. 1d, 5% stop.", "future"),
    ("the next candle", "Buy right before the next candle turns green. 5m, 2% stop.", "future"),
    ("a tweet", "Buy DOGE when Elon Musk tweets about it, sell after an hour.", "candles"),
    ("news", "Buy when the news are good and RSI(14) < 40. 1h, 3% stop.", "candles"),
    ("a promise", "Make it profitable: buy when RSI(14) < 30. 1h, 2% stop.", "promise"),
    ("riches", "Make me a bot that never loses money and doubles my account every month.",
     "promise"),
    ("the bottom", "Buy at the bottom and sell at the top. 1h.", "future"),
    ("hindsight", "Buy the lowest price of the coming week. 4h, 5% stop.", "future"),
]  # fmt: skip
"""Id, brief, and what kind of wish it is."""
