"""freqgen's causality check beside Freqtrade's lookahead-analysis: ``python -m`` this module.

Both look at the same strategies, on the candles of the same pair, both warm: Freqtrade and the
candles' folder are known before the clock starts, and each strategy takes both turns. Real candles
are read from ``$FREQGEN_SHARED/data/demo_1h_2024`` (default ``../shared``).

freqgen's time is said twice: of everything, which loads the strategy, holds it, runs it two times
and compares its types and clocks too, and of the causality check alone, once that is known.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import statistics
import tempfile
import warnings
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from time import perf_counter
from typing import Any

from tests.plugins.freqgen_behaviour.biased import ALL, Case

ROOT = Path(__file__).resolve().parents[2]
PAIR = "BTC/USDT"
TIMERANGE = "20240301-20240601"
"""What lookahead-analysis looks at: with more candles it takes longer, and answers more often."""


class FreqtradesOwn:
    """``freqtrade lookahead-analysis`` as it is, in this process and without a network."""

    def __init__(self, folder: Path, datadir: Path, timerange: str = TIMERANGE) -> None:
        from freqgen.evaluation.engine_config import plain_config
        from freqgen.evaluation.setting import Setting

        private = folder / "freqtrade"
        private.mkdir()
        config = {"exchange": {"name": "binance"}, "stake_currency": "USDT", "max_open_trades": 1}
        self.setting = Setting(
            {
                "config": plain_config(config),
                "private": str(private),
                "results": str(private / "results"),
                "datadir": str(datadir),
                "markets": str(private / "markets.json"),
            }
        )
        self.folder = private
        self.timerange = timerange

    def check(self, case: Case) -> tuple[str, list[str], float]:
        """What it says, the columns that it names, and the seconds that it took."""
        from freqtrade.optimize.analysis.lookahead import LookaheadAnalysis
        from freqtrade.optimize.analysis.lookahead_helpers import LookaheadAnalysisSubFunctions
        from freqtrade.util import get_progress_tracker

        folder = Path(tempfile.mkdtemp(dir=self.folder))
        file = folder / "S.py"
        file.write_text(case.source)
        run: Mapping[str, Any] = {
            "pairs": [PAIR],
            "timeframe": "1h",
            "timerange": self.timerange,
            "overrides": {},
            "enable_protections": False,
            "stake_currency": "USDT",
            "trading_mode": "",
        }
        config = self.setting.configure(run, file)
        config |= {"minimum_trade_amount": 10, "targeted_trade_amount": 20}
        config = LookaheadAnalysisSubFunctions.calculate_config_overrides(config)
        began = perf_counter()
        analysis = LookaheadAnalysis(config, {"name": "S", "location": file})
        analysis.exchange = self.setting.exchange(deepcopy(config), {PAIR: [42000.01]})[0]
        try:
            with get_progress_tracker(disable=True) as progress:
                analysis.start(progress)
        except Exception as exc:  # noqa: BLE001  (whatever it stumbles over is its answer)
            return f"fails: {type(exc).__name__}", [], perf_counter() - began
        seconds = perf_counter() - began
        found = analysis.current_analysis
        if analysis.failed_bias_check:
            return "too few trades", list(found.false_indicators), seconds
        said = "biased" if found.has_bias else "sound"
        return said, list(found.false_indicators), seconds


class Ours:
    """The checks ``runs`` and ``causal`` of the plugin behaviour, in the sandbox."""

    def __init__(self, folder: Path, datadir: Path) -> None:
        from freqgen.evaluation.engine import Engine
        from freqgen.evaluation.laboratory import EngineLaboratory

        config = {"exchange": {"name": "binance"}, "stake_currency": "USDT"}
        self.folder = folder
        self.engine = Engine(config=config, userdir=folder / "user_data", datadir=datadir)
        self.laboratory = EngineLaboratory(lambda: self.engine, pairs=lambda: [PAIR])
        self.engine.protection()

    def check(self, case: Case) -> tuple[str, list[str], float, float]:
        """The same, and the seconds of causality alone; an error is ``biased``, a warning
        ``unused``.
        """
        from freqgen import Catalogue, Draft, Severity, ValidationContext
        from freqgen_behaviour.causal import Causal
        from freqgen_behaviour.loads import LoadsAndRuns

        context = ValidationContext(
            catalogue=Catalogue([]), cache_dir=self.folder, laboratory=self.laboratory
        )
        draft = Draft(class_name="S", source=case.source)
        began = perf_counter()
        found = [*LoadsAndRuns().check(draft, None, context)]
        loaded = perf_counter()
        found += Causal().check(draft, None, context)
        ended = perf_counter()
        seconds, alone = ended - began, ended - loaded
        columns = [finding.message.split('"')[1] for finding in found if '"' in finding.message]
        if any(finding.severity is Severity.ERROR for finding in found):
            return "biased", columns, seconds, alone
        return ("unused" if found else "sound"), columns, seconds, alone


def compare(datadir: Path, timerange: str) -> list[dict[str, Any]]:
    """One row a strategy."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours = Ours(folder, datadir)
        theirs = FreqtradesOwn(folder, datadir, timerange)
        logging.disable(logging.CRITICAL)
        warnings.simplefilter("ignore")
        try:
            for case in ALL:
                said, columns, seconds, alone = ours.check(case)
                told, indicators, took = theirs.check(case)
                rows.append(
                    {
                        "strategy": case.name,
                        "is": "unused" if case.unused else "biased" if case.column else "sound",
                        "freqgen": said,
                        "freqgen_columns": columns,
                        "freqgen_seconds": seconds,
                        "freqgen_causality_seconds": alone,
                        "freqtrade": told,
                        "freqtrade_columns": indicators,
                        "freqtrade_seconds": took,
                    }
                )
        finally:
            logging.disable(logging.NOTSET)
            ours.engine.close()
    return rows


def summary(rows: list[dict[str, Any]]) -> list[str]:
    """What came of it, in sentences."""
    biased = [row for row in rows if row["is"] == "biased"]
    sound = [row for row in rows if row["is"] == "sound"]
    lines = []
    for who in ("freqgen", "freqtrade"):
        found = sum(row[who] == "biased" for row in biased)
        wrong = sum(row[who] == "biased" for row in sound)
        other = len(rows) - sum(row[who] in {"biased", "sound", "unused"} for row in rows)
        took = statistics.median(row[f"{who}_seconds"] for row in rows)
        lines.append(
            f"{who}: {found} of {len(biased)} biased found, {wrong} of {len(sound)} sound ones "
            f"called biased, {other} without an answer, {took:.2f} s a strategy (median)"
        )
    missed = [
        row["strategy"]
        for row in rows
        if row["freqtrade"] == "biased" and row["freqgen"] not in {"biased", "unused"}
    ]
    lines.append(f"found by freqtrade alone: {', '.join(missed) or 'none'}")
    answered = [row for row in rows if row["freqtrade"] in {"biased", "sound"}]
    for what, name in (("all of freqgen's", "freqgen"), ("its causality", "freqgen_causality")):
        took = statistics.median(row[f"{name}_seconds"] for row in rows)
        every, some = (
            statistics.median(row["freqtrade_seconds"] / row[f"{name}_seconds"] for row in those)
            for those in (rows, answered)
        )
        lines.append(
            f"freqtrade's time over {what}: {every:.1f} ({took:.2f} s, medians); "
            f"{some:.1f} where it has an answer"
        )
    return lines


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    parser.add_argument(
        "--timerange",
        default=TIMERANGE,
        help="days that lookahead-analysis looks at, %(default)s by default; 20240101-20240901 are "
        "all that the demo's candles have. freqgen's check takes the newest 1,200 candles or so",
    )
    arguments = parser.parse_args()
    shared = Path(os.environ.get("FREQGEN_SHARED", ROOT.parent / "shared"))
    rows = compare(shared / "data" / "demo_1h_2024", arguments.timerange)
    if arguments.json:
        print(json.dumps(rows, indent=2))
        return
    for row in rows:
        print(
            f"{row['strategy']:<52} {row['is']:<7} {row['freqgen']:<7} "
            f"{row['freqgen_seconds']:6.2f} s   {row['freqtrade']:<20} "
            f"{row['freqtrade_seconds']:6.2f} s"
        )
    print("\n".join(summary(rows)))


if __name__ == "__main__":
    main()
