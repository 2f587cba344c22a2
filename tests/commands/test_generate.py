"""``freqgen generate``, the whole way, as a user sees it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.conftest import BRIEF, Run

NAME = "RsiBollingerReversion"


def test_a_sentence_becomes_a_strategy(run: Run, market: Path, tmp_path: Path) -> None:
    """What was understood, what was measured, what was decided, where it is, what is next."""
    done = run("generate", BRIEF, "--userdir", tmp_path / "u", "-d", market, "-p", "BTC/USDT")
    assert done.code == 0
    for piece in (
        NAME,
        "rsi is below 30",
        "close is below bb.lower",
        "rsi crosses above 70",
        "stop loss at a move of 2 %",
        "take profit at 5 %",
        "Every word was understood.",
        "nothing was found",
        "Freqtrade's own engine",
        "buy and hold",
        "total profit",
        "allowed",
        f"strategies/{NAME}.py",
        f"freqgen paper {NAME}",
    ):
        assert piece in done.out, piece
    for step in ("using defaults", "Designing", "Writing", "Checking", "Backtesting", "Storing"):
        assert step in done.err, step
    assert (tmp_path / "u" / "strategies" / f"{NAME}.py").is_file()


def test_json_is_the_contract(run: Run, market: Path, tmp_path: Path) -> None:
    """One object with the fields that programs rely on."""
    done = run(
        *("--json", "generate", BRIEF, "--userdir", tmp_path / "u", "-d", market),
        *("-p", "BTC/USDT", "--timerange", "20240201-20240601", "--fee", "0.002"),
        *("--dry-run-wallet", "500", "--name", "MyIdea"),
    )
    data = done.json
    assert done.code == 0
    assert (data["schema"], data["ok"], data["decision"]) == ("freqgen/1", True, "allow")
    assert data["record"].keys() == {"id", "name", "path", "revision"}
    assert (data["record"]["name"], data["record"]["revision"]) == ("MyIdea", 1)
    assert Path(data["record"]["path"]).read_text(encoding="utf-8").count("class MyIdea(") == 1
    assert data["design"]["entry_long"] == ["rsi < 30", "close < bb.lower"]
    assert data["design"]["exit_long"] == ["crosses_above(rsi, 70)"]
    assert (data["attempts"], data["findings"], data["unread"]) == (1, [], [])
    backtest = data["measurements"]["backtest"]
    assert backtest["trades"] > 0
    assert backtest["fee"] == 0.002
    assert backtest["starting_balance"] == 500
    assert backtest["pairs"] == ["BTC/USDT"]
    assert backtest["backtest_start"].startswith("2024-02-01")
    for gate in data["gates"]:
        assert gate.keys() == {"name", "passed", "value", "limit", "reason"}
    assert data["usage"]["calls"] == 0
    assert data["timings"]["total"] > 0


@pytest.mark.soak
def test_again_is_a_revision(run: Run, userdir: Path, market: Path) -> None:
    """The same name again is a revision with the first one as parent."""
    done = run("--json", "generate", BRIEF, "--userdir", userdir, "-d", market, "-p", "ETH/USDT")
    assert done.json["record"]["revision"] == 2
    listed = run("--json", "list", "--userdir", userdir).json["records"]
    assert [r["revision"] for r in listed] == [2, 1]
    assert listed[0]["parent"] == listed[1]["id"]


def test_a_design_of_ones_own_goes_all_the_way(run: Run, market: Path, tmp_path: Path) -> None:
    """Written by ``design``, edited by a person, judged and stored by ``generate --design``."""
    place = ("--userdir", tmp_path / "u", "-d", market)
    assert run("design", BRIEF, "-o", "mine.json", *place).code == 0
    design = json.loads(Path("mine.json").read_text())
    design |= {"name": "Mine", "entry_long": ["rsi < 25 or close < bb.lower"]}
    Path("mine.json").write_text(json.dumps(design))
    data = run("--json", "generate", "--design", "mine.json", *place).json
    assert (data["decision"], data["record"]["name"]) == ("allow", "Mine")
    assert data["design"]["entry_long"] == ["rsi < 25 or close < bb.lower"]
    assert data["measurements"]["backtest"]["trades"] > 0
    assert (data["read"], data["unread"], data["attempts"]) == ([], [], 1)
    assert (tmp_path / "u" / "strategies" / "Mine.py").is_file()
    assert "designed by a person, written by compiler" in run("show", "Mine", *place).out
    assert "(a design)" in run("list", *place).out


@pytest.mark.soak
def test_what_never_trades_waits_for_review(run: Run, market: Path, tmp_path: Path) -> None:
    """No trades, no judgement: somebody has to look, and can approve."""
    userdir = tmp_path / "u"
    brief = "Buy when RSI(14) is below 1.5. Sell when RSI is above 70. 1h candles, 5% stop loss."
    done = run(
        "--json", "generate", brief, "--name", "Never", "--userdir", userdir, "-d", market, "-p",
        "BTC/USDT",
    )  # fmt: skip
    assert (done.code, done.json["decision"]) == (0, "review")
    record = done.json["record"]
    assert "freqgen/drafts" in record["path"]
    assert not (userdir / "strategies" / "Never.py").exists()
    refused = run("paper", "Never", "--userdir", userdir)
    assert refused.code == 2
    assert "pending" in refused.err
    assert f"freqgen approve {record['id']}" in refused.err
    approved = run("approve", record["id"], "--reason", "I looked", "--userdir", userdir)
    assert approved.code == 0
    assert (userdir / "strategies" / "Never.py").is_file()
    shown = run("show", "Never", "--userdir", userdir)
    assert "I looked" in shown.out
    rejected = run("reject", "Never", "--userdir", userdir)
    assert rejected.code == 0
    assert not (userdir / "strategies" / "Never.py").exists()


def test_somebody_elses_file_is_not_overwritten(run: Run, market: Path, tmp_path: Path) -> None:
    """Said before anything is spent; nothing is stored."""
    userdir = tmp_path / "u"
    (userdir / "strategies").mkdir(parents=True)
    mine = userdir / "strategies" / f"{NAME}.py"
    mine.write_text("# mine\n")
    done = run("generate", BRIEF, "--userdir", userdir, "-d", market)
    assert done.code == 2
    assert "not written by freqgen" in done.err
    assert "--name" in done.err
    assert mine.read_text() == "# mine\n"
    assert not (userdir / "freqgen" / "freqgen.sqlite").exists()


REFUSED = [
    (("generate", " "), "the brief is empty"),
    (("generate", "hello world"), "no rule for an entry"),
    (("generate", BRIEF, "--design-model", "nobody"), 'no provider "nobody"'),
    (("generate", BRIEF, "--design-model", "offline:gpt"), "has no models to choose from"),
    (("generate", BRIEF, "--code-model", ":x"), "is not a model"),
    (("generate", BRIEF, "-i", "7h"), '"7h" is no timeframe'),
    (("generate", BRIEF, "--timerange", "yesterday"), "is no timerange"),
    (("generate", BRIEF, "--fee", "2"), "cannot be meant"),
    (("generate", BRIEF, "--dry-run-wallet", "0"), "must hold something"),
    (("generate", BRIEF, "-p", "NOPE/USDT"), "NOPE/USDT"),
    (("generate", BRIEF, "-i", "5m"), "no 5m candles"),
    (("generate", "-p", "BTC/USDT", BRIEF), '-p took "Buy when RSI(14)'),
    (("generate", BRIEF, "--demoo"), "did you mean --demo? freqgen generate --help"),
    (("generate", BRIEF, "--demo"), "--demo and --datadir do not go together"),
    (("generate", BRIEF, "--name", "not a name"), "is not a class name"),
    (("generate",), "no idea to work on"),
    (("generate", BRIEF, "--design", "x.json"), "an idea in words do not go together"),
    (("generate", "--design", "x.json", "--name", "X"), "--name do not go together"),
    (("generate", "--design", "x.json", "-i", "1h"), "--timeframe do not go together"),
    (("generate", "--design", "nowhere.json"), 'the design "nowhere.json" cannot be read'),
]


@pytest.mark.parametrize(
    ("arguments", "message"), REFUSED, ids=[" ".join(a[2:]) or a[-1] for a, _ in REFUSED]
)
def test_bad_input(
    run: Run, market: Path, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    """One message on stderr, exit 2, nothing stored; the same as JSON."""
    place = ("--userdir", tmp_path / "u", "-d", market)
    done = run(*arguments, *place)
    assert done.code == 2
    assert message in done.err
    assert "Traceback" not in done.err
    assert done.out == ""
    assert not (tmp_path / "u" / "strategies").exists()
    assert not (tmp_path / "u" / "freqgen" / "freqgen.sqlite").exists()
    data = run(*arguments, *place, "--json").json
    assert data["ok"] is False
    assert message in data["error"]["message"] + data["error"]["hint"]


def test_shorts_need_futures(run: Run, market: Path, tmp_path: Path) -> None:
    """Refused in spot, with the lines to add to the configuration."""
    brief = "Short when RSI(14) is above 70. Cover when RSI is below 40. 1h candles, 3% stop loss."
    done = run("generate", brief, "--userdir", tmp_path / "u", "-d", market)
    assert done.code == 2
    assert "no shorts in spot markets" in done.err
    assert '"trading_mode": "futures"' in done.err


def test_freqtrade_reads_what_was_stored(userdir: Path) -> None:
    """FreqUI and ``backtesting-show`` find the result; ``list-strategies`` the strategy."""
    for arguments, wanted in (
        (["backtesting-show", "--userdir", str(userdir)], NAME),
        (["list-strategies", "--userdir", str(userdir), "-1"], NAME),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "freqtrade", *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=userdir.parent,
        )
        assert wanted in done.stdout, done.stderr[-2000:]


@pytest.mark.soak
def test_words_that_were_not_understood_are_listed(run: Run, market: Path, tmp_path: Path) -> None:
    """Word for word; nothing is guessed silently."""
    brief = BRIEF + " Thanks to my cousin Tom."
    done = run(
        "--json", "generate", brief, "--userdir", tmp_path / "u", "-d", market, "-p", "BTC/USDT"
    )
    unread = done.json["unread"]
    assert [brief[u["start"] : u["end"]] for u in unread] == [u["text"] for u in unread]
    assert "cousin Tom" in " ".join(u["text"] for u in unread)
    shown = run("generate", brief, "--userdir", tmp_path / "v", "-d", market, "-p", "BTC/USDT").out
    _, decision = shown.split("\nDecision\n")
    assert "not all that you asked for is in it; left out: " in decision
    assert "cousin Tom" in decision


def test_audit_has_every_prompt_reply_and_decision(userdir: Path) -> None:
    """A line each, in order."""
    lines = (userdir / "freqgen" / "audit.jsonl").read_text(encoding="utf-8").splitlines()
    kinds = [json.loads(line)["kind"] for line in lines]
    assert kinds == ["prompt", "reply", "prompt", "reply", "decision"]
