"""What attacks the channel, the worker and the engine ends at them."""

from __future__ import annotations

import json
import struct
from typing import Any

import pandas as pd
import pytest

from tests.corpus.attacks import CANARIES, CLASS, HONEST
from tests.corpus.conftest import CANDLES, PAIRS, Host, Scene
from tests.corpus.own_attacks import FUTURE, OWN, Own
from tests.corpus.test_attacks import FAULTS, REPORTED

ROWS = 1200
"""Candles of a full trial."""

pytestmark = [
    pytest.mark.needs_shared,
    pytest.mark.slow,
    pytest.mark.xdist_group("corpus"),  # one port, and one pair of processes, for all
]

TIMERANGE = "20240101-20240103"


@pytest.fixture(scope="session")
def honest(guarded: Host) -> dict[str, Any]:
    """What the rules make without any attack."""
    return backtest(guarded, HONEST)


def backtest(guarded: Host, source: str) -> dict[str, Any]:
    order = {"op": "backtest", "name": CLASS, "source": source, "timerange": TIMERANGE}
    return guarded.ask(order)


def own(attack: Own, scene: Scene) -> str:
    """An attack of ours that aims at this place."""
    source = attack.source
    for place in ("marks", "secret"):
        source = source.replace(f"@{place.upper()}@", str(scene.folder(place)))
    return source


@pytest.mark.parametrize("attack", OWN, ids=lambda attack: attack.name)
def test_an_attack_ends_where_it_begins(
    attack: Own, scene: Scene, guarded: Host, honest: dict[str, Any]
) -> None:
    told = backtest(guarded, own(attack, scene))
    assert scene.marks() == []
    assert scene.listeners.taken() == []
    assert [canary for canary in CANARIES if canary in json.dumps(told)] == []
    assert (scene.folder("secret") / "canary.txt").read_text() == CANARIES[1]
    assert told["pid"] == honest["pid"], "the engine's process ended"
    assert (told["workers"], scene.left()) == ([], [])
    judge(attack, told, honest["result"], scene)


def test_after_all_of_them_the_engine_gives_the_same_numbers(
    guarded: Host, honest: dict[str, Any]
) -> None:
    again = backtest(guarded, HONEST)
    assert reported(again["result"]) == reported(honest["result"])


def judge(attack: Own, told: dict[str, Any], wanted: dict[str, Any], scene: Scene) -> None:
    """Whether what came of an attack is what must."""
    if told["error"] is not None:
        assert attack.holds != "exactly", told["error"]
        assert told["error"]["type"] in FAULTS, told["error"]
        if attack.codes:
            assert told["error"]["code"] in attack.codes, told["error"]
        return
    assert attack.holds != "fault", {key: told["result"][key] for key in ("trades", "fee")}
    if attack.holds == "possible":
        check_trades(told["result"], scene)
    else:
        assert reported(told["result"]) == reported(wanted)


def reported(result: dict[str, Any]) -> dict[str, Any]:
    return {field: result[field] for field in REPORTED}


def check_trades(result: dict[str, Any], scene: Scene) -> None:
    """Whether trades are at prices that were, with the fee, and not too many at once."""
    candles = {
        pair: pd.read_feather(scene.folder("data") / f"{pair.replace('/', '_')}-5m.feather")
        .set_index("date")
        .loc[lambda frame: ~frame.index.duplicated()]
        for pair in PAIRS
    }
    assert result["fee"] == pytest.approx(0.001)
    trades = result["trade_list"]
    for trade in trades:
        frame = candles[trade["pair"]]
        opened, closed = (pd.Timestamp(trade[f"{side}_date"]) for side in ("open", "close"))
        assert trade["open_rate"] == pytest.approx(frame["open"][opened], rel=1e-3)
        low, high = frame["low"][closed], frame["high"][closed]
        assert low * 0.999 <= trade["close_rate"] <= high * 1.001
        assert trade["fee_open"] == trade["fee_close"] == pytest.approx(0.001)
        ratio = trade["close_rate"] * 0.999 / (trade["open_rate"] * 1.001) - 1
        assert trade["profit_ratio"] == pytest.approx(ratio, abs=1e-6)
    for trade in trades:
        at_once = [
            other
            for other in trades
            if other["open_date"] <= trade["open_date"] < other["close_date"]
        ]
        assert len(at_once) <= 2
    total = sum(trade["profit_abs"] for trade in trades)
    assert result["final_balance"] == pytest.approx(1000 + total, abs=0.01)


def test_a_worker_has_no_candle_that_it_may_not_see(scene: Scene, guarded: Host) -> None:
    """Not in its frames, and not anywhere in its memory either."""
    name = f"{PAIRS[0].replace('/', '_')}-5m.feather"
    closes = pd.read_feather(scene.folder("data") / name)["close"].tail(ROWS).tolist()
    assert len(closes) == ROWS < CANDLES
    cut = 500

    def masked(numbers: list[float]) -> str:
        bits = [struct.unpack("<Q", struct.pack("<d", number))[0] for number in numbers]
        return ", ".join(str(number ^ 0x5555555555555555) for number in bits)

    def two(begin: int) -> str:
        at = next(i for i in range(begin, ROWS - 1) if closes[i] != closes[i + 1])
        return masked(closes[at : at + 2])

    head = FUTURE.format(known=two(cut - 100), hidden=two(cut + 100))
    body = """
dataframe["known"], dataframe["hidden"] = found()
"""
    source = Own(name="looks ahead", head=head, body=body).source
    order = {"op": "trial", "name": CLASS, "source": source}
    told = guarded.ask({**order, "trial": {"cut": cut}})
    assert told["error"] is None, told
    result = told["result"]
    assert result["finding"] is None, result
    assert result["rows"] == cut
    assert float(result["last"]["known"]) > 0
    assert float(result["last"]["hidden"]) == 0
    # With all candles both are there: it is the cut that hides them.
    whole = guarded.ask({**order, "trial": {"cut": None}})["result"]
    assert float(whole["last"]["hidden"]) > 0
