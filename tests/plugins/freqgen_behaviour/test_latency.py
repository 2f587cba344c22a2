from __future__ import annotations

import re
import sys
from math import inf
from pathlib import Path
from time import perf_counter
from typing import Any, cast

import pandas as pd
import pytest

from freqgen import (
    Draft,
    EvaluationContext,
    EvaluationError,
    Finding,
    Phase,
    Run,
    Severity,
    Trial,
    ValidatedDraft,
)
from freqgen_behaviour.columns import Source
from freqgen_behaviour.latency import Latency, costly_lines, measure, percentile
from freqgen_behaviour.profile import ProfileEvaluator

from .lab import Bench, ScriptedLaboratory, line_of, strategy

pytestmark = pytest.mark.xdist_group("behaviour")  # one engine for all

pytest_plugins = ("tests.plugins.freqgen_behaviour.lab_fixtures",)

FAST = (0.001,) * 30
SLOW = (0.050,) * 30
ONCE_SLOW = (0.001,) * 29 + (0.050,)
PUSHED = (0.006, *(0.014,) * 29)
"""The times of a strategy that takes 5 ms alone, as they were on a machine with other work."""

SOURCE = "import x\nfor row in frame.iterrows():\n    y = row\nz = frame.apply(f, axis=1)\n"


def _bench(*runs: Run, **fields: Any) -> tuple[Bench, ScriptedLaboratory]:
    """A bench whose laboratory gives these runs, one a question."""
    waiting = list(runs)
    laboratory = ScriptedLaboratory(answer=lambda _trial: waiting.pop(0), **fields)
    return Bench(laboratory, Path()), laboratory  # type: ignore[arg-type]


def _check(*runs: Run, source: str = SOURCE) -> list[Finding]:
    return _bench(*runs)[0].check(Latency(), source, runs=False)


def test_a_slow_strategy_is_found_with_its_costliest_line() -> None:
    costly = ((1, 0.001), (2, 0.008), (4, 0.001))
    (finding,) = _check(Run(seconds=SLOW, costly=costly), Run(seconds=SLOW, costly=costly))
    assert (finding.code, finding.severity) == ("FG850", Severity.WARNING)
    assert finding.message == (
        "from a new candle to its signal it takes 50.0 ms at the 95th percentile on 1,000 "
        "candles, more than 10 ms; line 2, `for row in frame.iterrows():`, takes 80% of what the "
        "strategy's own lines take"
    )
    assert finding.line == 2
    assert finding.hint.startswith("compute on whole columns")


@pytest.mark.parametrize(
    ("costly", "line", "said"),
    [
        pytest.param(
            ((1, 0.0031), (2, 0.0029), (4, 0.0040)),
            4,
            "; line 4, `z = frame.apply(f, axis=1)`, takes 40% of what the strategy's own lines "
            "take",
            id="a line of three",
        ),
        pytest.param(
            tuple((number, 0.01) for number in range(1, 5)),
            None,
            "; no single line takes 30% of it",
            id="all the same",
        ),
        pytest.param(
            ((0, 0.008), (2, 0.0015), (4, 0.0005)),
            None,
            "; 80% of the time is not in the strategy's lines but in Freqtrade's work around "
            "them, such as merging informative candles",
            id="Freqtrade's own work",
        ),
        pytest.param(
            ((0, 0.006), (2, 0.004)),
            2,
            "; line 2, `for row in frame.iterrows():`, takes 100% of what the strategy's own lines "
            "take; 60% of the time is not in the strategy's lines but in Freqtrade's work around "
            "them, such as merging informative candles",
            id="both",
        ),
    ],
)
def test_a_line_is_named_only_if_it_is_to_blame(
    costly: tuple[tuple[int, float], ...], line: int | None, said: str
) -> None:
    run = Run(seconds=SLOW, costly=costly)
    (finding,) = _check(run, run)
    assert finding.line == line
    assert finding.message.endswith("more than 10 ms" + said)
    assert ("informative pairs" in finding.hint) is (line is None and costly[0][0] == 0)


class Told:
    """A channel that keeps what is sent, and a strategy that does nothing."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def send(self, head: dict[str, Any]) -> None:
        self.sent.append(head)

    def analyze_ticker(self, candles: Any, metadata: Any) -> None:
        """Nothing."""


def test_of_each_line_the_smallest_time_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever pass the machine had other work in, the same line is named."""
    from freqgen.evaluation import trial

    passes = iter([{0: 1.0, 7: 2.0, 8: 9.0}, *[{0: 5.0, 7: 3.0, 8: 1.0}] * 3, {0: 5.0, 7: 3.0}])
    monkeypatch.setattr(trial, "_profiled", lambda _once, _end: (next(passes), True))
    told = Told()
    trial._time(cast("Any", told), cast("Any", told), pd.DataFrame(), "BTC/USDT", 1)
    assert told.sent[0]["lines"] == [(7, 2.0), (0, 1.0), (8, 0.0)]
    assert list(passes) == []


@pytest.mark.parametrize("waits", [False, True], ids=["busy", "waiting"])
def test_lines_are_timed_as_the_whole_is(waits: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processor time, and time on the wall where the strategy waits; line 0 is not its own."""
    from freqgen.evaluation import trial

    busy, wall, waited = iter(range(1000)), iter(range(0, 100_000, 100)), iter([0, int(waits)])
    monkeypatch.setattr(trial, "_now", lambda: (float(next(busy)), float(next(wall))))
    monkeypatch.setattr(trial, "_waits", lambda: next(waited))
    monkeypatch.setattr(trial.Path, "cwd", lambda: Path("/strategy"))
    names: dict[str, Any] = {}
    exec(compile("def f():\n    x = 1\n    return x\n", "/strategy/S.py", "exec"), names)
    unit = 100.0 if waits else 1.0
    found, whole = trial._profiled(names["f"], inf)
    assert whole
    assert {1, 2, 3} <= {*found} - {0}
    assert found[2] == found[3] == unit
    assert found[0] == 2 * unit


def test_what_takes_too_long_to_watch_is_watched_for_a_while() -> None:
    """A loop over the candles takes fifty times as long, line by line."""
    from freqgen.evaluation import trial

    names: dict[str, Any] = {}
    source = "def f():\n    for _ in range(300_000):\n        pass\n"
    exec(compile(source, str(Path.cwd() / "S.py"), "exec"), names)
    before = sys.gettrace()
    found, whole = trial._profiled(names["f"], perf_counter() + 0.01)
    assert not whole
    assert max(found[2], found[3]) > found[1]
    assert sys.gettrace() is before


@pytest.mark.parametrize(
    ("wall", "waits", "delayed"),
    [(1.0, False, 0.0), (4.0, False, 0.75), (4.0, True, 0.0)],
    ids=["alone", "with others", "waiting by itself"],
)
def test_how_much_others_delayed_it(
    wall: float, waits: bool, delayed: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    from freqgen.evaluation import trial

    class Clock:
        busy, clock, given_up = 0.0, 0.0, 0

        def thread_time(self) -> float:
            return self.busy

        def perf_counter(self) -> float:
            return self.clock

    class Timed(Told):
        def analyze_ticker(self, candles: Any, metadata: Any) -> None:
            clock.busy += 1.0
            clock.clock += wall
            clock.given_up += waits

    clock, told = Clock(), Timed()
    monkeypatch.setattr(trial, "time", clock)
    monkeypatch.setattr(trial, "_waits", lambda: clock.given_up)
    trial._time(cast("Any", told), cast("Any", told), pd.DataFrame(), "BTC/USDT", 1)
    assert told.sent[0]["delayed"] == delayed
    assert told.sent[0]["seconds"] == [wall if waits else 1.0]


@pytest.mark.parametrize(
    "runs",
    [
        pytest.param([Run(seconds=FAST)], id="fast"),
        pytest.param([Run(seconds=ONCE_SLOW)], id="one pass of thirty was slow"),
        pytest.param([Run(seconds=SLOW), Run(seconds=FAST)], id="fast when it is measured again"),
        pytest.param([Run(seconds=PUSHED, delayed=0.6)], id="fast, on a busy machine"),
        pytest.param([Run(), Run()], id="failed"),
        pytest.param([Run(seconds=SLOW), Run()], id="failed when it is measured again"),
    ],
)
def test_nothing_is_said_of(runs: list[Run]) -> None:
    assert _check(*runs) == []


def test_what_is_never_done_is_too_slow() -> None:
    stopped = Finding(
        code="FG810", severity=Severity.ERROR, phase=Phase.BEHAVIOUR, message="it took longer"
    )
    (finding,) = _check(Run(finding=stopped), Run(finding=stopped))
    assert (finding.code, finding.severity) == ("FG850", Severity.WARNING)
    assert "was not waited for" in finding.message


@pytest.mark.parametrize("turns", [3_000_000, 20_000_000], ids=["a tenth", "most of a second"])
def test_a_loop_that_takes_long_is_measured(turns: int, bench: Bench) -> None:
    source = strategy(indicators=f"for _ in range({turns}): None")
    (finding,) = bench.check(Latency(), source)
    assert finding.code == "FG850"
    how = r"at the (95th percentile|least, while the machine was busy,) on"
    assert re.search(rf"takes \d+\.\d ms {how}", finding.message)


def test_the_better_of_two_measurements_counts() -> None:
    (finding,) = _check(Run(seconds=SLOW), Run(seconds=(0.020,) * 30))
    assert "20.0 ms" in finding.message
    assert finding.line is None


@pytest.mark.parametrize(
    ("run", "said"),
    [
        pytest.param(Run(seconds=PUSHED, delayed=0.02), "14.0 ms at the 95th", id="quiet"),
        pytest.param(
            Run(seconds=SLOW, delayed=0.6),
            "50.0 ms at the least, while the machine was busy, on 1,000 candles",
            id="busy",
        ),
    ],
)
def test_what_counts_depends_on_how_busy_the_machine_is(run: Run, said: str) -> None:
    (finding,) = _check(run, run)
    assert said in finding.message


@pytest.mark.parametrize(
    ("rows", "startup", "last"),
    [
        pytest.param(1600, 0, 1000, id="what a bot has"),
        pytest.param(2400, 1500, 1501, id="what the strategy asks for"),
        pytest.param(400, 0, 400, id="what there is"),
    ],
)
def test_the_frame_is_as_large_as_a_bots(rows: int, startup: int, last: int) -> None:
    bench, laboratory = _bench(Run(seconds=SLOW), Run(seconds=SLOW), rows=rows, startup=startup)
    bench.check(Latency(), SOURCE, runs=False)
    first, second = laboratory.asked
    assert first == Trial(what="time", last=last, repeat=30)
    # The same question would be answered from memory.
    assert second.last == last
    assert second != first


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("for i, row in df.iterrows():", "whole columns in place of row by row"),
        ('df["x"] = df.apply(lambda r: r["a"], axis=1)', "np.where"),
        ('df["x"] = df["a"].rolling(9).apply(f)', "every window"),
        ('df["x"] = df["a"].map(f)', "in place of a function per value"),
        ("x = [f(v) for v in values]", "in place of a loop"),
        ("x = df.iloc[3]", "not cell by cell"),
        ("x = f(df)", "compute less on each candle"),
    ],
)
def test_the_hint_fits_the_line(line: str, hint: str) -> None:
    source = f"{line}\n    pass\n" if line.endswith(":") else f"{line}\n"
    run = Run(seconds=SLOW, costly=((1, 0.1),))
    (finding,) = _check(run, run, source=source)
    assert hint in finding.hint


@pytest.mark.parametrize(
    ("percent", "value"), [(0, 1.0), (50, 2.0), (95, 2.9), (100, 3.0)], ids=str
)
def test_percentiles(percent: float, value: float) -> None:
    assert percentile([3.0, 1.0, 2.0], percent) == pytest.approx(value)


def test_lines_that_take_nothing_are_not_listed() -> None:
    run = Run(costly=((0, 7.0), (1, 0.0), (2, 1.0), (9, 3.0)))
    found = [(line.number, line.text, line.share) for line in costly_lines(run, Source("a\nb\n"))]
    assert found == [(9, "", 0.75), (2, "b", 0.25)]
    assert costly_lines(Run(), Source("")) == []


LOOP = 'dataframe["x"] = [sum(range(int(value) % 7 + 4000)) for value in dataframe["close"]]'


def test_the_line_that_dominates_is_found_by_running(bench: Bench) -> None:
    source = strategy(indicators='dataframe["y"] = dataframe["close"] * 2\n' + LOOP)
    draft = Draft(class_name="S", source=source)
    specimen = bench.laboratory.describe(cast("Any", draft))
    assert not isinstance(specimen, Finding)
    run = measure(bench.laboratory, specimen)
    assert run is not None
    # Fewer only where other work on the machine made all of them take too long.
    assert len(run.seconds) == 30 or run.delayed > 0.2
    assert all(seconds > 0 for seconds in run.seconds)
    line = costly_lines(run, Source(source))[0]
    assert line.number == line_of(source, LOOP)
    assert 0 < line.share <= 1


def _measure(laboratory: Any, source: str) -> Any:
    def backtest(_draft: ValidatedDraft) -> Any:
        raise AssertionError("nothing is backtested")

    draft = ValidatedDraft(cast("Any", Draft(class_name="S", source=source)))
    context = EvaluationContext(backtest=backtest, laboratory=laboratory)
    found = ProfileEvaluator().measure(draft, context)
    assert found.name == "profile"
    return dict(found.values)


def test_the_profile_of_a_strategy(bench: Bench) -> None:
    source = strategy(indicators=LOOP)
    values = _measure(bench.laboratory, source)
    assert 0 < values["milliseconds_p50"] <= values["milliseconds_p95"]
    assert (values["candles"], values["loaded_on"]) == (1000, "synthetic")
    assert 0 < len(values["costliest"]) <= 5
    first = values["costliest"][0]
    assert (first["line"], first["text"]) == (line_of(source, LOOP), LOOP)
    assert first["milliseconds"] > 0
    assert 0 < first["share"] <= 1


@pytest.mark.needs_shared
def test_the_profile_names_the_pair_of_real_candles(real_bench: Bench) -> None:
    assert _measure(real_bench.laboratory, strategy())["loaded_on"] == "BTC/USDT"


def test_the_profile_of_a_scripted_run() -> None:
    costly = tuple((line, line / 100) for line in range(1, 9))
    run = Run(seconds=(0.001, 0.002, 0.003), costly=costly)
    values = _measure(ScriptedLaboratory(answer=lambda _trial: run), SOURCE)
    assert values["milliseconds_p50"] == 2.0
    assert values["milliseconds_p95"] == 2.9
    assert [line["line"] for line in values["costliest"]] == [8, 7, 6, 5, 4]
    assert values["costliest"][-1] == {
        "line": 4,
        "text": "z = frame.apply(f, axis=1)",
        "milliseconds": 40.0,
        "share": 0.1111,
    }


def test_where_nothing_can_be_run_there_are_no_values() -> None:
    assert _measure(None, SOURCE) == {}


class Refusing(ScriptedLaboratory):
    """A laboratory into which no draft can be loaded."""

    def describe(self, draft: Any) -> Finding:
        return Finding(
            code="FG801",
            severity=Severity.ERROR,
            phase=Phase.BEHAVIOUR,
            message="Freqtrade cannot load S",
            hint="correct it",
        )


@pytest.mark.parametrize(
    ("laboratory", "said"),
    [
        pytest.param(Refusing(answer=lambda _trial: Run()), "cannot load S", id="not loaded"),
        pytest.param(
            ScriptedLaboratory(answer=lambda _trial: Run()), "fails while it is timed", id="failed"
        ),
    ],
)
def test_what_cannot_be_timed_is_an_error(laboratory: ScriptedLaboratory, said: str) -> None:
    with pytest.raises(EvaluationError, match=said) as caught:
        _measure(laboratory, SOURCE)
    assert caught.value.hint


def test_what_cannot_be_loaded_is_another_checks() -> None:
    bench = Bench(cast("Any", Refusing(answer=lambda _trial: Run())), Path())
    assert bench.check(Latency(), SOURCE, runs=False) == []
