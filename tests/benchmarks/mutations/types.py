"""Names, attributes and types that are wrong; most need the type pass."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.benchmarks.mutations.making import MARK, Change, Part, Sound, operator

types = operator("types")
EXIT = (
    'def custom_exit(self, pair: str, trade: "Trade", current_time: "datetime", '
    "current_rate: float,\n            current_profit: float, **kwargs):"
)
IMPORTS = ("from datetime import datetime", "from freqtrade.persistence import Trade")


def callback(sound: Sound, *bodies: str) -> Iterator[Change]:
    """A callback for leaving a trade, with each body."""
    if "custom_exit" in sound.methods:
        return
    more = [part for line in IMPORTS for part in sound.importing(line)]
    for body in bodies:
        lines = (body if MARK in body else MARK + body).replace("\n", "\n    ")
        yield [*more, sound.method(f"{EXIT}\n    {lines}\n")]


@types
def unknown_attribute(sound: Sound) -> Iterator[Change]:
    yield from callback(
        sound,
        'return "x" if trade.open_dat is None else None',
        'return "x" if §trade.profit > 0.5 else None',
        'return "x" if §trade.nr_of_succesful_entries > 3 else None',
        'return "x" if §trade.pair.is_upper() else None',
        'return "x" if §current_time.hours > 22 else None',
        'return "x" if §self.time_frame == "1h" else None',
        "frame, _ = §self.dp.get_analysed_dataframe(pair, self.timeframe)\n"
        'return "x" if len(frame) > 100000 else None',
        "frame = §self.dp.get_pair_datafram(pair, self.timeframe)\n"
        'return "x" if len(frame) > 100000 else None',
        'return "x" if §self.wallets.get_fre("USDT") < 1 else None',
        'return "x" if §trade.open_date.total_seconds() > 1 else None',
    )
    for node in ast.walk(sound.tree):
        if isinstance(node, ast.Attribute) and node.attr in (
            "rolling",
            "shift",
            "crossed_above",
            "crossed_below",
            "astype",
            "ffill",
        ):
            end = sound.span(node)[1]
            start = end - len(node.attr)
            wrong = {"rolling": "roling", "shift": "shfit", "astype": "as_type", "ffill": "fill"}

            yield [Part(start, end, MARK + wrong.get(node.attr, node.attr.replace("ssed", "sed")))]


@types
def unknown_name(sound: Sound) -> Iterator[Change]:
    for node, frame, _ in sound.made:
        yield [sound.swap(node.value, f"{MARK}{sound.atom(node.value)}.shift(perid)")]
        names = [n for n in ast.walk(node.value) if isinstance(n, ast.Name) and n.id == frame]
        for name in names[:1]:
            wrong = "datafame" if frame != "datafame" else "frame_"
            yield [sound.swap(name, MARK + wrong)]
    for node, frame, column in sound.reads:
        yield [sound.swap(node, f'{MARK}{frame[:-1] or "frm"}["{column}"]')]
    for statement in sound.tree.body:
        uses: list[ast.expr] = []
        line = ast.unparse(statement)
        if line == "from pandas import DataFrame" and "annotations" not in sound.text:
            uses = [
                n for n in ast.walk(sound.tree) if isinstance(n, ast.Name) and n.id == "DataFrame"
            ]
        elif isinstance(statement, ast.Import) and line.endswith(" as ta"):
            uses = [call.func for call in sound.calls("ta.")]
        if uses:
            marks = [Part(sound.span(use)[0], sound.span(use)[0], MARK) for use in uses]
            yield [Part(*sound.line_of(statement), ""), *marks]


@types
def wrong_arguments(sound: Sound) -> Iterator[Change]:
    yield from callback(
        sound,
        "frame, _ = §self.dp.get_analyzed_dataframe(pair)\n"
        'return "x" if len(frame) > 100000 else None',
        "frame = §self.dp.get_pair_dataframe(pair, timefram=self.timeframe)\n"
        'return "x" if len(frame) > 100000 else None',
        'return "x" if §trade.calc_profit_ratio() > 1 else None',
        'return "x" if §len(pair, 3) > 1 else None',
        'return "x" if §self.wallets.get_free() < 1 else None',
        'return "x" if §round(current_profit, "2") > 1 else None',
    )
    for node in ast.walk(sound.cls):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
            ("IntParameter", "DecimalParameter")
        ):
            end = sound.span(node)[1] - 1

            start = sound.span(node)[0]
            yield [
                Part(start, start, MARK),
                Part(
                    end,
                    end,
                    (", " if not sound.text[:end].rstrip().endswith(",") else "")
                    + f"{MARK}optimise=False",
                ),
            ]


@types
def wrong_type_returned(sound: Sound) -> Iterator[Change]:
    yield from callback(
        sound,
        "return current_profit",
        "return 1",
        'return ["x"] if current_profit > 0.5 else None',
        'return ("x", True)',
    )
    for name, head, bodies in (
        (
            "confirm_trade_entry",
            "def confirm_trade_entry(self, pair: str, order_type: str, amount: float, "
            "rate: float,\n            time_in_force: str, current_time: datetime, "
            "entry_tag: str | None, side: str,\n            **kwargs) -> bool:",
            ("return §None", 'return §"yes"', "§print(pair)"),
        ),
        (
            "custom_stake_amount",
            "def custom_stake_amount(self, pair: str, current_time: datetime, "
            "current_rate: float,\n            proposed_stake: float, min_stake: float | None, "
            "max_stake: float,\n            leverage: float, entry_tag: str | None, side: str,\n"
            "            **kwargs) -> float:",
            (
                'return §"100"',
                "return §[proposed_stake]",
                "return §None",
                "return §max_stake + side",
            ),
        ),
        (
            "leverage",
            "def leverage(self, pair: str, current_time: datetime, current_rate: float,\n"
            "            proposed_leverage: float, max_leverage: float, entry_tag: str | None,\n"
            "            side: str, **kwargs) -> float:",
            ('return §"3"', "§proposed_leverage * 2", "return §None"),
        ),
    ):
        if name not in sound.methods:
            for body in bodies:
                text = f"{head}\n    {body}\n".replace("def ", "def " + MARK, 1)
                yield [*sound.importing(IMPORTS[0]), sound.method(text)]


@types
def wrong_operation(sound: Sound) -> Iterator[Change]:
    yield from callback(
        sound,
        'return "x" if §pair > 3 else None',
        'return "x" if §current_time - 3600 > trade.open_date_utc else None',
        'return "x" if §trade.open_date_utc + 5 < current_time else None',
        'return "x" + §current_profit if current_profit > 0.5 else None',
        'return "x" if §current_profit > "0.5" else None',
        'return "x" if §(current_time - trade.open_date_utc) > 3600 else None',
        'return "x" if §trade() else None',
        'return "x" if §pair["base"] == "BTC" else None',
    )


@types
def wrong_base_signature(sound: Sound) -> Iterator[Change]:
    """A callback whose parameters are not those that Freqtrade gives."""
    for name, text in (
        (
            "custom_exit",
            "def §custom_exit(self, pair, trade, current_rate):\n"
            '    return "x" if current_rate < 0 else None',
        ),
        (
            "confirm_trade_entry",
            "def §confirm_trade_entry(self, pair, amount, rate):\n    return rate > 0",
        ),
        ("leverage", "def §leverage(self, pair):\n    return 1.0"),
        (
            "custom_exit",
            "def §custom_exit(self, pair, trade, current_time, current_rate,\n"
            "                §profit, **kwargs):\n"
            '    return "x" if profit > 0.5 else None',
        ),
        ("bot_start", "def §bot_start(self, config):\n    self.x = config"),
        ("informative_pairs", "def §informative_pairs(self, metadata):\n    return []"),
        (
            "custom_stake_amount",
            "def §custom_stake_amount(self, pair, stake, **kwargs):\n    return stake",
        ),
        ("custom_entry_price", "def §custom_entry_price(self, rate, **kwargs):\n    return rate"),
    ):
        if name not in sound.methods:
            yield [sound.method(text)]
