"""What a strategy was judged on is shown wherever its numbers are, and which file is whose."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from freqgen.commands.context import CommandContext
from freqgen.evaluation.gate import Decision
from freqgen.store.keeping import keep
from freqgen.store.record import Record
from freqgen.store.store import Store
from tests.commands.conftest import Run

NAME = "RsiBollingerReversion"


def stored(userdir: Path, **fields: object) -> Record:
    """Store the example once more, altered."""
    with Store.open(userdir / "freqgen" / "freqgen.sqlite") as store:
        first = store.find(f"{NAME}@1")
        given = {
            "name": NAME,
            "source": first.source,
            "design": first.design,
            "decision": Decision.ALLOW,
            "brief": first.brief,
            "measurements": first.measurements,
            "market": first.market,
            "code_origin": first.code_origin,
        }
        return keep(store, Record(**{**given, **fields}), user_data_dir=userdir)[0]


class TestTheMarket:
    def test_is_in_the_record(self, run: Run, userdir: Path) -> None:
        record = run("--json", "show", NAME, "--userdir", userdir).json["record"]
        assert (record["market"], record["exchange"]) == ("synthetic", "binance")
        assert record["trading_mode"] == "spot"
        assert record["timerange"].startswith("202401")
        assert record["timerange"].endswith("-20241231")

    def test_is_shown_and_listed(self, run: Run, userdir: Path) -> None:
        shown = run("show", NAME, "--userdir", userdir).out
        assert "tested on SYNTHETIC candles, 202401" in shown
        assert "Synthetic candles show that the strategy runs, not that it earns." in shown
        assert "max. drawdown" in shown
        assert " synthetic " in run("list", "--userdir", userdir).out
        (listed,) = run("--json", "list", "--userdir", userdir).json["records"]
        assert listed["market"] == "synthetic"
        assert listed["trades"] > 0
        assert -1 < listed["profit_total"] < 1
        assert listed["path"] == str(userdir / "strategies" / f"{NAME}.py")

    def test_is_said_before_paper_trading(self, run: Run, userdir: Path) -> None:
        """The configuration is one that cannot trade, so nothing is started."""
        config = userdir / "config.json"
        config.write_text(json.dumps({"exchange": {"name": "nowhere", "pair_whitelist": ["A/B"]}}))
        done = run("paper", NAME, "--userdir", userdir)
        assert done.code != 0
        assert "tested on synthetic candles only" in done.err

    def test_of_what_was_never_run_is_none(self, run: Run, userdir: Path) -> None:
        stored(userdir, name="Never", market=None, measurements={})
        assert (
            "not tested: it was never backtested" in run("show", "Never", "--userdir", userdir).out
        )
        assert (
            run("--json", "list", "Never", "--userdir", userdir).json["records"][0]["market"]
            is None
        )

    def test_other_measurements_are_a_table(self, run: Run, userdir: Path) -> None:
        stored(userdir, name="Odd", measurements={"luck": {"score": 0.123456789, "rows": [1]}})
        shown = run("show", "Odd", "--userdir", userdir).out
        assert "Measurements of luck" in shown
        assert "0.123457" in shown
        assert "rows" not in shown


class TestWhoseFile:
    def test_only_one_revision_is_in_use(self, run: Run, userdir: Path) -> None:
        stored(userdir)
        listed = run("list", "--userdir", userdir).out
        assert [word in listed for word in ("in use", "replaced")] == [True, True]
        data = run("--json", "list", "--userdir", userdir).json["records"]
        assert [record["in_use"] for record in data] == [True, False]

    def test_an_older_one_says_so_and_can_be_put_back(self, run: Run, userdir: Path) -> None:
        place = ("--userdir", userdir)
        file = userdir / "strategies" / f"{NAME}.py"
        first = file.read_text()
        stored(userdir, source=first + "\n# two\n")
        shown = run("show", f"{NAME}@1", *place)
        assert f"another revision now; freqgen approve {NAME}@1 puts this one back" in shown.out
        assert run("--json", "show", f"{NAME}@1", *place).json["in_use"] is False
        done = run("approve", f"{NAME}@1", *place)
        assert (done.code, "revision 1 has its place back" in done.out) == (0, True)
        assert file.read_text() == first
        assert ", in use" in run("show", f"{NAME}@1", *place).out
        again = run("approve", f"{NAME}@1", *place)
        assert (again.code, "needs no approval" in again.err) == (2, True)

    @pytest.mark.parametrize(
        ("content", "word"), [(None, "missing"), ("# mine", "edited")], ids=["missing", "edited"]
    )
    def test_what_became_of_it(
        self, run: Run, userdir: Path, content: str | None, word: str
    ) -> None:
        file = userdir / "strategies" / f"{NAME}.py"
        file.unlink() if content is None else file.write_text(content)
        assert word in run("list", "--userdir", userdir).out
        assert word in run("show", NAME, "--userdir", userdir).out


class TestApproving:
    def test_checks_again(self, run: Run, userdir: Path) -> None:
        """Whoever can write the database cannot have code published by a person's approval."""
        source = (userdir / "strategies" / f"{NAME}.py").read_text()
        evil = source.replace("import talib", "import os\nimport talib")
        pending = stored(userdir, name="Evil", source=evil.replace(NAME, "Evil"),
                         decision=Decision.REVIEW)  # fmt: skip
        done = run("approve", pending.id, "--userdir", userdir)
        assert done.code == 2
        assert "does not pass validation" in done.err
        assert not (userdir / "strategies" / "Evil.py").exists()
        assert (
            run("--json", "show", "Evil", "--userdir", userdir).json["record"]["status"]
            == "pending"
        )

    def test_what_was_run_and_altered_is_refused(self, run: Run, userdir: Path) -> None:
        """It is harmless, but not what the numbers are of."""
        altered = (userdir / "strategies" / f"{NAME}.py").read_text().replace("< 30", "< 31")
        pending = stored(userdir, source=altered, decision=Decision.REVIEW)
        done = run("approve", pending.id, "--userdir", userdir)
        assert (done.code, "does not pass validation" in done.err) == (2, True)
        assert "rsi" in done.err, "what differs is named"

    def test_says_that_it_was_never_backtested(self, run: Run, userdir: Path) -> None:
        written = "# by a model\n" + (userdir / "strategies" / f"{NAME}.py").read_text()
        pending = stored(userdir, source=written, decision=Decision.REVIEW, market=None,
                         measurements={}, code_origin="model")  # fmt: skip
        done = run("approve", pending.id, "--userdir", userdir)
        assert done.code == 0, done.err
        assert "although it was never backtested" in done.out


class TestParametersOfHyperopt:
    def test_are_mentioned(self, run: Run, userdir: Path) -> None:
        left = userdir / "strategies" / f"{NAME}.json"
        left.write_text("{}")
        done = run("reject", NAME, "--userdir", userdir)
        assert done.code == 0
        assert f"{left} stays" in done.err

    @pytest.mark.parametrize("verb", [("validate", "--static"), ("backtest",)], ids=lambda v: v[0])
    def test_beside_a_file_are_mentioned_too(
        self, run: Run, tmp_path: Path, verb: tuple[str, ...]
    ) -> None:
        (tmp_path / "Hyp.py").write_text("class Hyp(\n")
        assert "Hyp.json" not in run(*verb, "Hyp.py").err
        (tmp_path / "Hyp.json").write_text("{}")
        assert "Hyp.json is not used by freqgen; move it away" in run(*verb, "Hyp.py").err


class TestPlaces:
    @pytest.mark.parametrize(
        "verb",
        [("list",), ("show", "A"), ("backtest", "A"), ("paper", "A"), ("approve", "A"),
         ("reject", "A")],
        ids=lambda verb: verb[0],
    )  # fmt: skip
    def test_that_are_not_there_are_named(
        self, run: Run, tmp_path: Path, verb: tuple[str, ...]
    ) -> None:
        done = run(*verb, "--userdir", tmp_path / "nowhere")
        assert done.code == 2
        assert "there is no user directory" in done.err
        assert not (tmp_path / "nowhere").exists()

    def test_that_cannot_be_written_can_be_read(
        self, run: Run, userdir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("os.access", lambda *_: False)
        before = sorted(userdir.rglob("*"))
        assert NAME in run("list", "--userdir", userdir).out
        assert NAME in run("show", NAME, "--userdir", userdir).out
        done = run("design", "Buy when RSI(14) is below 30.", "--userdir", userdir)
        assert done.code == 2
        assert "nothing is asked that is not noted" in done.err
        assert "Designing" not in done.err
        assert sorted(userdir.rglob("*")) == before

    def test_that_were_given_are_in_the_next_commands(self, tmp_path: Path) -> None:
        from argparse import Namespace

        from freqgen.plugins import PluginHost

        args = Namespace(config=("a b.json",), user_data_dir="u", datadir="d")
        context = CommandContext(args, PluginHost())
        assert context.command("show", "X") == "freqgen show X -c 'a b.json' --userdir u"
        assert context.command("paper", "X", data=True).endswith("--userdir u -d d")


def test_tampering_that_was_covered_up_is_noticed(run: Run, userdir: Path) -> None:
    """A status that nobody gave."""
    with sqlite3.connect(userdir / "freqgen" / "freqgen.sqlite") as database:
        database.execute("update freqgen_records set status = 'pending'")
    assert run("approve", NAME, "--userdir", userdir).code == 2
