"""The single steps, and what is stored."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.conftest import BRIEF, Run

NAME = "RsiBollingerReversion"


def test_design_code_validate(run: Run, tmp_path: Path) -> None:
    """A design is printed, edited by a person, compiled and checked."""
    userdir = tmp_path / "u"
    designed = run("design", BRIEF, "--userdir", userdir)
    assert designed.code == 0
    data = json.loads(designed.out)
    data["entry_long"][0] = "rsi < 25"
    (tmp_path / "design.json").write_text(json.dumps(data))
    coded = run("code", "design.json", "-o", f"{NAME}.py", "--userdir", userdir)
    assert coded.code == 0
    source = (tmp_path / f"{NAME}.py").read_text()
    assert '(dataframe["rsi"] < 25)' in source
    assert run("code", "design.json", "--userdir", userdir).out == source
    checked = run("--json", "validate", f"{NAME}.py", "--userdir", userdir)
    assert checked.code == 0
    assert checked.json["passed"] is True
    assert checked.json["class_name"] == NAME
    assert checked.json["findings"] == []
    assert checked.json["timings"].keys() == {"parse", "structure", "types", "behaviour"}


def test_design_explains_itself(run: Run, tmp_path: Path) -> None:
    """With -o the design goes to a file and its words to the terminal."""
    done = run("design", BRIEF, "-o", "d.json", "--userdir", tmp_path / "u")
    assert "rsi is below 30" in done.out
    assert "freqgen code d.json" in done.out
    assert json.loads((tmp_path / "d.json").read_text())["name"] == NAME
    data = run("--json", "design", BRIEF, "--userdir", tmp_path / "u").json
    assert data.keys() >= {"schema", "ok", "design", "read", "unread", "defaults", "usage"}
    for span in data["read"]:
        assert BRIEF[span["start"] : span["end"]] == span["text"]
        assert span["meaning"]


BAD_DESIGNS = [
    ("{", "is not JSON"),
    ("{}", "name: is missing"),
    ('{"name": "A", "timeframe": "1h", "entry_long": ["rsii < 3"], "risk": {"stoploss": -0.1}}',
     'unknown name "rsii", at character 1'),
    ('{"name": "A", "timeframe": "1h", "entry_long": ["close > 3"], "risk": {"stoploss": 0.1}}',
     "risk.stoploss"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), BAD_DESIGNS, ids=[m for _, m in BAD_DESIGNS])
def test_bad_designs(run: Run, tmp_path: Path, text: str, message: str) -> None:
    """The path of the field or the position in the expression."""
    (tmp_path / "d.json").write_text(text)
    done = run("code", "d.json", "--userdir", tmp_path / "u", "-o", "out.py")
    assert done.code == 2
    assert message in done.err
    assert not (tmp_path / "out.py").exists()


def test_missing_files(run: Run, tmp_path: Path) -> None:
    """What is not there is named, with what would make it."""
    done = run("code", "no.json", "--userdir", tmp_path / "u")
    assert done.code == 2
    assert 'freqgen design "…" > design.json' in done.err
    assert run("validate", "no.py", "--userdir", tmp_path / "u").code == 2


def test_validate_says_what_is_wrong(run: Run, tmp_path: Path, userdir: Path) -> None:
    """Exit 3, with code, line and a way out; several files are checked side by side."""
    good = userdir / "strategies" / f"{NAME}.py"
    bad = tmp_path / "Bad.py"
    source = good.read_text().replace(NAME, "Bad")
    bad.write_text(
        source.replace('"enter_long"', '"buy"').replace("import talib", "import os\nimport talib")
    )
    done = run("validate", "--static", good, bad, "--userdir", userdir)
    assert done.code == 3
    assert "import" in done.out
    assert "sandbox" not in done.out
    data = run("--json", "validate", "--static", good, bad, "--userdir", userdir).json
    assert [file["sandbox"] for file in data["files"]] == [None, None]
    assert data["passed"] is False
    assert [file["passed"] for file in data["files"]] == [True, False]
    finding = data["files"][1]["findings"][0]
    assert finding.keys() == {
        *("code", "severity", "phase", "line", "column", "message", "hint", "fixable")
    }


@pytest.mark.soak
def test_backtest_takes_names_and_files(run: Run, userdir: Path, market: Path) -> None:
    """A stored strategy and anybody's file, side by side; a file is validated before."""
    place = ("--userdir", userdir, "-d", market, "-p", "BTC/USDT", "ETH/USDT")
    file = userdir.parent / "Mine.py"
    stored = (userdir / "strategies" / f"{NAME}.py").read_text()
    file.write_text(stored.replace(f"class {NAME}", "class Mine"))
    bad = userdir.parent / "Peeks.py"
    bad.write_text(
        file.read_text()
        .replace("class Mine", "class Peeks")
        .replace(
            "        return dataframe\n",
            '        dataframe["rsi"] = dataframe["rsi"].bfill()\n        return dataframe\n',
            1,
        )
    )
    done = run("--json", "backtesting", NAME, file, bad, *place, "--trades")
    assert done.code == 3
    mine, peeking = done.json["results"][1], done.json["refused"][0]
    result = done.json["results"][0]
    assert result["name"] == NAME
    assert result["trades"] == len(result["trade_list"]) > 0
    assert result.keys() >= {
        *("name", "trades", "profit_total", "profit_total_abs", "final_balance"),
        *("max_drawdown", "sharpe", "market_change", "seconds", "sandbox"),
    }
    assert (mine["name"], mine["file"]) == ("Mine", str(file))
    assert mine["trade_list"] == result["trade_list"]
    assert done.json["sandbox"]["level"] == mine["sandbox"]
    assert peeking["name"] == "Peeks"
    assert [f["code"] for f in peeking["findings"] if f["severity"] == "error"]


def test_backtest_of_what_is_not_there(run: Run, userdir: Path, market: Path) -> None:
    place = ("--userdir", userdir, "-d", market)
    unknown = run("backtest", "RsiBolinger", *place)
    assert unknown.code == 2
    assert NAME in unknown.err
    missing = run("backtest", userdir / "No.py", *place)
    assert missing.code == 2
    assert "there is no file" in missing.err
    assert run("backtest", *place).code == 2


def test_edited_code_in_the_store_is_not_run(run: Run, userdir: Path, market: Path) -> None:
    """Whoever rewrites a record does not get code run by it."""
    import sqlite3

    with sqlite3.connect(userdir / "freqgen" / "freqgen.sqlite") as database:
        database.execute("update freqgen_records set source = source || ?", ("\nimport os\n",))
    done = run("backtest", NAME, "--userdir", userdir, "-d", market)
    assert done.code == 2
    assert "Traceback" not in done.err


def test_list_and_show(run: Run, userdir: Path) -> None:
    """Everything about a strategy, or one part of it as it is."""
    listed = run("list", "--userdir", userdir)
    assert NAME in listed.out
    assert "allowed" in listed.out
    assert NAME not in run("list", "--status", "denied", "--userdir", userdir).out
    shown = run("show", NAME, "--userdir", userdir)
    for piece in ("Brief", "rsi is below 30", "Findings", "Measurements", "Decisions"):
        assert piece in shown.out
    file = userdir / "strategies" / f"{NAME}.py"
    assert run("show", NAME, "--code", "--userdir", userdir).out == file.read_text()
    design = json.loads(run("show", NAME, "--design", "--userdir", userdir).out)
    assert design["name"] == NAME
    assert run("show", NAME, "--findings", "--userdir", userdir).code == 0
    data = run("--json", "show", f"{NAME}@1", "--userdir", userdir).json
    assert data["record"]["name"] == NAME
    assert Path(data["path"]) == file
    assert [a["step"] for a in data["attempts"]] == ["design", "code"]
    assert run("show", "Nobody", "--userdir", userdir).code == 2


def test_nothing_is_stored_yet(run: Run, tmp_path: Path) -> None:
    """An empty list is no error and makes no database."""
    done = run("list")
    assert done.code == 0
    assert "freqgen generate" in done.out
    (tmp_path / "u").mkdir()
    assert run("--json", "list", "--userdir", tmp_path / "u").json["records"] == []
    for verb in ("show", "approve", "reject"):
        nothing = run(verb, "Any", "--userdir", tmp_path / "u")
        assert (nothing.code, "nothing is stored yet" in nothing.err) == (2, True)
    assert not (tmp_path / "user_data").exists()
    assert not list((tmp_path / "u").iterdir())


def test_list_indicators(run: Run, tmp_path: Path) -> None:
    """The catalogue, and a search in it."""
    found = run("list-indicators", "bollinger", "--userdir", tmp_path / "u")
    assert "BBANDS" in found.out
    assert "MACD" not in found.out
    everything = run("--json", "list-indicators", "--userdir", tmp_path / "u").json["indicators"]
    assert len(everything) > 200
    assert {"name", "params", "outputs", "sources", "title"} <= everything[0].keys()
    nothing = run("list-indicators", "zzz", "--userdir", tmp_path / "u")
    assert "No indicator" in nothing.out


def test_paper_refuses_an_edited_file(run: Run, userdir: Path) -> None:
    """What was checked is what trades."""
    file = userdir / "strategies" / f"{NAME}.py"
    file.write_text(file.read_text() + "\n# mine\n")
    done = run("paper", NAME, "--userdir", userdir)
    assert done.code == 2
    assert "edited since" in done.err
