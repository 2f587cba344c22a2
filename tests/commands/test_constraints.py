"""What is said beside an idea, as options, wins over its words, in design and backtest alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

import pytest

from freqgen.brief import Brief
from freqgen.commands.constraining import RISK_OPTIONS
from freqgen.design.checked import check_design
from freqgen.design.indicators import Catalogue
from freqgen.design.indicators_builtin import builtin_indicators
from freqgen.design.model import Design
from freqgen.design.risk import Risk
from freqgen.exceptions import BriefError
from freqgen.generation.designer import DesignResult
from freqgen.generation.sides import only_short, shorts_only
from tests.commands.conftest import BRIEF, Run

BOTH_SIDES = (
    "Buy when RSI(14) is below 30. Short when MACD crosses below its signal. "
    "Cover when RSI falls below 20. 1h candles, 2% stop loss."
)

FIELDS = [
    (("--stoploss", "-0.07"), {"stoploss": -0.07}),
    (("--take-profit", "0.2"), {"take_profit": 0.2}),
    (("--risk-per-trade", "0.01"), {"risk_per_trade": 0.01}),
    (("--leverage", "3"), {"leverage": 3.0}),
    (("--max-open-trades", "7"), {"max_open_trades": 7}),
    (("--max-holding", "3d"), {"max_holding": "3d"}),
]


@pytest.mark.parametrize(("arguments", "risk"), FIELDS, ids=[a[0] for a, _ in FIELDS])
def test_a_field_of_the_risk_wins_over_the_text(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], risk: dict[str, Any]
) -> None:
    """Every other field is what the text says."""
    text = BRIEF + " At most 4 open trades. Exit after 24 hours."
    plain = run("--json", "design", text, "--userdir", tmp_path / "u").json["design"]
    design = run("--json", "design", text, *arguments, "--userdir", tmp_path / "u").json["design"]
    assert design == {**plain, "risk": {**plain["risk"], **risk}}
    assert design != plain


def test_every_option_is_a_field_of_the_risk() -> None:
    """And the table above has them all."""
    assert {one.field for one in RISK_OPTIONS} <= {*Risk.model_fields}
    assert {one.option for one in RISK_OPTIONS} <= {arguments[0] for arguments, _ in FIELDS}


@pytest.mark.parametrize(
    ("side", "lists", "can_short"),
    [
        ("long", {"entry_long"}, False),
        ("short", {"entry_short", "exit_short"}, True),
        ("both", {"entry_long", "entry_short", "exit_short"}, True),
    ],
)
def test_the_direction_leaves_out_the_other_side(
    run: Run, tmp_path: Path, side: str, lists: set[str], can_short: bool
) -> None:
    """With its indicators, and with what was said of it."""
    done = run("--json", "design", BOTH_SIDES, "--direction", side, "--userdir", tmp_path / "u")
    design = done.json["design"]
    assert {n for n, v in design.items() if n.startswith(("entry", "exit")) and v} == lists
    assert design["can_short"] is can_short
    used = json.dumps([design[name] for name in lists])
    assert all(indicator["id"] in used for indicator in design["indicators"])
    assert ("a long is opened" in design["hypothesis"]) == (side != "short")
    left_out = [text for text in done.json["defaults"] if "ruled out" in text]
    assert len(left_out) == (side != "both")


def test_shorts_alone_need_a_rule_for_them(run: Run, tmp_path: Path) -> None:
    done = run("design", BRIEF, "--direction", "short", "--userdir", tmp_path / "u")
    assert done.code == 2
    assert "no rule that enters short was found" in done.err
    assert "leave --direction out" in done.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--direction", "short"), "there are no shorts in spot markets"),
        (("--direction", "both"), "there are no shorts in spot markets"),
        (("--leverage", "3"), "there is no leverage in spot markets"),
    ],
    ids=["short", "both", "leverage"],
)
def test_what_spot_does_not_have_is_refused_before_a_model_is_asked(
    run: Run, market: Path, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    done = run("generate", BOTH_SIDES, *arguments, "--userdir", tmp_path / "u", "-d", market)
    assert done.code == 2
    assert says in done.err
    assert '"trading_mode": "futures"' in done.err
    assert "Designing" not in done.err


class TestShortsOnly:
    DATA: ClassVar[dict[str, Any]] = {
        "name": "Both",
        "timeframe": "1h",
        "can_short": True,
        "indicators": [
            {"id": "rsi", "function": "RSI"},
            {"id": "slow", "function": "SMA", "source": "rsi"},
            {"id": "bb", "function": "BBANDS"},
            {"id": "ema", "function": "EMA"},
            {"id": "idle", "function": "ATR"},
        ],
        "entry_long": ["close > ema"],
        "exit_long": ["rsi > level"],
        "entry_short": ["slow > 70"],
        "risk": {"stoploss": -0.1, "target": "bb.middle"},
        "parameters": [{"name": "level", "low": 60, "high": 90, "default": 70}],
    }

    def kept(self, data: dict[str, Any]) -> DesignResult:
        catalogue = Catalogue(builtin_indicators())
        checked = check_design(Design.from_data(data), catalogue)
        return shorts_only(DesignResult(checked=checked), catalogue)

    def test_what_only_longs_used_goes(self) -> None:
        """Sources and targets are uses; what nobody used stays, to be advised of."""
        design = self.kept(self.DATA).design
        assert [one.id for one in design.indicators] == ["rsi", "slow", "bb", "idle"]
        assert design.parameters == []

    def test_a_design_without_longs_is_left_as_it_is(self) -> None:
        data = {**self.DATA, "entry_long": [], "exit_long": []}
        assert self.kept(data).design == Design.from_data(data)

    def test_without_shorts_is_an_error(self) -> None:
        with pytest.raises(BriefError, match="no rule that enters short"):
            self.kept({**self.DATA, "entry_short": []})

    def test_is_asked_for_by_the_direction(self) -> None:
        assert only_short(Brief.from_text("x", trading={"direction": "short"}))
        assert not only_short(Brief.from_text("x", trading={"direction": "both"}))
        assert not only_short(Brief.from_text("x"))


REFUSED = [
    (("--stoploss", "0.05"), "must be less than 0", "write --stoploss -0.05"),
    (("--stoploss", "-5"), "must be greater than -1", "as in --stoploss -0.05 for 5 %"),
    (("--stoploss", "5%"), "this is no number", "as in --stoploss -0.05 for 5 %"),
    (("--take-profit", "0"), "must be greater than 0", "--take-profit 0.05 for 5 %"),
    (("--take-profit", "inf"), "this is no number", "--take-profit 0.05 for 5 %"),
    (("--risk-per-trade", "2"), "must be less than or equal to 1", "0.01 for 1 %"),
    (("--leverage", "500"), "must be less than or equal to 125", "leave it out"),
    (("--max-holding", "3x"), '"3x" is no duration', "--max-holding 24h"),
    (("--max-open-trades", "2.5"), "valid integer", "--max-open-trades 3"),
    (("--max-open-trades", "0"), "must be greater than or equal to 1", "--max-open-trades 3"),
    (("--direction", "up"), '"up" is no direction', "long, short, both"),
    (("--stake-amount", "much"), "this is no number", "or unlimited"),
    (("--stake-amount", "0"), "a stake of 0 cannot be meant", "or unlimited"),
    (("--dry-run-wallet", "-1"), "the wallet must hold something", "--dry-run-wallet 1000"),
    (("--stake-amount", "10", "--dry-run-wallet", "5"), "larger than the wallet", "raise"),
    (("-p", "BTC"), '"BTC" is no pair', "BTC/USDT"),
    (("-i", "7h"), '"7h" is no timeframe', "8h"),
]


@pytest.mark.parametrize("verb", ["design", "generate"])
@pytest.mark.parametrize(
    ("arguments", "message", "hint"), REFUSED, ids=[" ".join(a) for a, _, _ in REFUSED]
)
def test_what_cannot_be_meant_is_one_error(
    run: Run, tmp_path: Path, verb: str, arguments: tuple[str, ...], message: str, hint: str
) -> None:
    """With the option and a value that could be meant, before anything is set up."""
    done = run("--json", verb, BRIEF, *arguments, "--userdir", tmp_path / "u")
    error = done.json["error"]
    assert (done.code, error["type"]) == (2, "UsageError")
    assert message in error["message"]
    assert hint in error["hint"]
    assert not (tmp_path / "u").exists()


def test_a_design_file_has_its_own(run: Run, tmp_path: Path) -> None:
    for arguments in [*(a for a, _ in FIELDS), ("--direction", "long")]:
        done = run("generate", "--design", "d.json", *arguments, "--userdir", tmp_path / "u")
        assert done.code == 2
        assert f"--design and {arguments[0]} do not go together" in done.err


def test_a_design_needs_an_idea(run: Run) -> None:
    done = run("design")
    assert done.code == 2
    assert "no idea to work on" in done.err
    assert 'freqgen design "Buy when' in done.err
    assert "--design FILE" not in done.err


@pytest.mark.soak
def test_the_budget_is_the_backtests(run: Run, market: Path, tmp_path: Path) -> None:
    """Stake, wallet and positions, with a configuration that says otherwise; all of it is kept."""
    config = {"stake_amount": 11, "dry_run_wallet": 900, "max_open_trades": 9}
    (tmp_path / "c.json").write_text(json.dumps(config))
    place = ("-c", "c.json", "--userdir", tmp_path / "u", "-d", market)
    done = run(
        *("--json", "generate", BRIEF, *place, "-p", "BTC/USDT,ETH/USDT", "--stoploss", "-0.04"),
        *("--stake-amount", "50", "--dry-run-wallet", "400", "--max-open-trades", "1"),
        *("--direction", "long"),
    )
    data = done.json
    assert data["ok"], data
    measured = data["measurements"]["backtest"]
    assert measured["stake_amount"] == 50
    assert measured["starting_balance"] == 400
    assert measured["max_open_trades"] == 1
    assert data["design"]["risk"]["max_open_trades"] == 1
    assert data["design"]["risk"]["stoploss"] == -0.04
    record = run("--json", "show", data["record"]["id"], *place[:4]).json["record"]
    assert record["constraints"] == {
        "stoploss": -0.04,
        "max_open_trades": 1,
        "can_short": False,
        "direction": "long",
        "pairs": ["BTC/USDT", "ETH/USDT"],
        "stake_amount": 50,
        "dry_run_wallet": 400,
    }
    prompts = [
        json.loads(line)
        for line in (tmp_path / "u" / "freqgen" / "audit.jsonl").read_text().splitlines()
    ]
    asked = json.dumps([one for one in prompts if one.get("step") == "design"])
    for told in ("stake_amount", "dry_run_wallet", "direction", "ETH/USDT", "max_open_trades"):
        assert told in asked, told


@pytest.mark.soak
@pytest.mark.parametrize(
    ("stake", "limit", "shown"),
    [("unlimited", "1", ("unlimited", 1)), ("25", "-1", (25, 2))],
    ids=["shared", "fixed"],
)
def test_a_backtest_takes_the_budget_too(
    run: Run, userdir: Path, market: Path, stake: str, limit: str, shown: tuple[float | str, int]
) -> None:
    """No limit on trades is -1, as in Freqtrade, where it is the number of pairs."""
    done = run(
        *("--json", "backtest", "RsiBollingerReversion", "--userdir", userdir, "-d", market),
        *("-p", "ETH/USDT", "BTC/USDT", "--stake-amount", stake, "--max-open-trades", limit),
    )
    (result,) = done.json["results"]
    assert (result["stake_amount"], result["max_open_trades"]) == shown
