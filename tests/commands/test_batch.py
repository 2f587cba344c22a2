"""Several strategies in one command: what is wrong with one of them leaves the others unharmed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from freqgen import (
    DataMissing,
    EngineError,
    Finding,
    Freqgen,
    Phase,
    SandboxUnavailable,
    SettingsError,
    Severity,
    StoreError,
    StrategyFault,
    UsageError,
)
from freqgen.evaluation.engine import Engine
from freqgen.outcome import CheckedFile
from freqgen.sandbox.level import Level, Protection
from freqgen.validation.runner import Validation
from tests.commands.conftest import Run
from tests.commands.test_provenance import stored
from tests.docs.json_fields import VERBS, undocumented
from tests.plugins.freqgen_behaviour.lab import strategy

NAME = "RsiBollingerReversion"
ENTERS = 'dataframe.loc[dataframe["volume"] > 0, "enter_long"] = 1'
FINDING = Finding(code="FG802", severity=Severity.ERROR, phase=Phase.BEHAVIOUR, message="it fails")
OF_ONE = [
    DataMissing("no candles", hint="get some"),
    UsageError("shorts in spot", hint="take futures"),
    SandboxUnavailable("needs FreqAI"),
    StrategyFault("it fails", finding=FINDING),
    EngineError("took too long"),
]
OF_ALL = [SettingsError("a wrong field"), StoreError("no database"), KeyboardInterrupt()]


def written(folder: Path, name: str, source: str) -> Path:
    """A file with a class of its name."""
    file = folder / f"{name}.py"
    file.write_text(source.replace("class S(", f"class {name}("))
    return file


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Three files, of which the second one will fail."""
    return [str(written(tmp_path, name, "class S(\n")) for name in ("One", "Two", "Three")]


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the second file fail with an error, on an engine that has run others."""

    def failing(error: BaseException, *, started: bool = True) -> None:
        def checked(self: Any, reading: Any, *_: Any) -> CheckedFile:
            del self
            path = reading.loaded.path
            if path.stem == "Two":
                raise error
            return CheckedFile(name=path.stem, file=path, validation=Validation())

        held = Protection(level=Level.FULL, landlock=6, reason="") if started else None
        monkeypatch.setattr(Freqgen, "_checked", checked)
        monkeypatch.setattr(Engine, "known_protection", held)

    return failing


def _id(error: BaseException) -> str:
    return type(error).__name__


class TestAnErrorOfOne:
    @pytest.mark.parametrize("error", OF_ONE, ids=_id)
    def test_is_its_outcome(
        self, run: Run, files: list[str], failing: Any, error: EngineError
    ) -> None:
        failing(error)
        done = run("--json", "validate", *files)
        assert done.code == 3
        assert [file["passed"] for file in done.json["files"]] == [True, False, True]
        assert done.json["files"][1]["error"] == {
            "type": type(error).__name__, "message": error.message, "hint": error.hint,
        }  # fmt: skip
        shown = run("validate", *files)
        assert shown.code == 3
        assert shown.out.splitlines()[:4] == [
            f"One in {files[0]}", "  nothing was found",
            f"Two in {files[1]}", f"  error   {error.message}",
        ]  # fmt: skip

    @pytest.mark.parametrize("error", OF_ONE, ids=_id)
    def test_is_raised_where_it_is_the_only_one(
        self, run: Run, files: list[str], failing: Any, error: EngineError
    ) -> None:
        failing(error)
        done = run("--json", "validate", files[1])
        assert (done.code, done.json["error"]["type"]) == (2, type(error).__name__)


class TestAnErrorOfAll:
    @pytest.mark.parametrize(
        ("error", "code"),
        list(zip(OF_ALL, (2, 2, 130), strict=True)),
        ids=["settings", "store", "^C"],
    )
    def test_ends_it_and_what_was_found_is_there(
        self, run: Run, files: list[str], failing: Any, error: BaseException, code: int
    ) -> None:
        failing(error)
        done = run("validate", *files)
        assert (done.code, done.out.splitlines()[:2]) == (
            code, [f"One in {files[0]}", "  nothing was found"],
        )  # fmt: skip
        assert ("not reached" in done.out) is isinstance(error, KeyboardInterrupt)
        assert run("--json", "validate", *files).json["ok"] is False

    def test_is_one_that_keeps_the_engine_from_starting(
        self, run: Run, files: list[str], failing: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def protection(self: Engine) -> Protection:
            raise UsageError("Freqtrade refuses the configuration")

        failing(EngineError("it ended"), started=False)
        monkeypatch.setattr(Engine, "protection", protection)
        done = run("validate", *files)
        assert (done.code, "refuses the configuration" in done.err) == (2, True)


NOT_THERE = [
    ("nix.py", "there is no file nix.py", ""),
    ("-", "standard input is not read here", ""),
    ("", "a file without a name", ""),
]


class TestWhatIsNotThere:
    @pytest.mark.parametrize(
        ("verb", "name", "message", "hint"),
        [(verb, *one) for verb in ("validate", "backtest") for one in NOT_THERE]
        + [("backtest", "adir", "adir is a folder", "name the .py files in it"),
           ("validate", "adir", "there is no Python file in the folder adir", "name a strategy")],
    )  # fmt: skip
    def test_is_said_before_anything_runs(
        self, run: Run, files: list[str], verb: str, name: str, message: str, hint: str
    ) -> None:
        Path("adir").mkdir()
        done = run(verb, files[0], name)
        assert done.code == 2
        assert message in done.err
        assert hint in done.err
        assert "Checking" not in done.err

    def test_is_told_the_file_of_that_name(self, run: Run, files: list[str]) -> None:
        done = run("backtest", files[1], "One")
        assert (done.code, "did you mean One.py?" in done.err) == (2, True)

    @pytest.mark.parametrize(
        ("pairs", "message", "hint"),
        [
            (("BTC/USDT", "One.py"), 'took the file "One.py"', "backtest One.py -p BTC/USDT"),
            (("BTC/USDT", "Rsi@2"), 'took "Rsi@2"', "backtest Rsi@2 -p BTC/USDT"),
            (("BTC/USDT",), "name a strategy", "freqgen list"),
        ],
        ids=["file", "name", "neither"],
    )  # fmt: skip
    @pytest.mark.usefixtures("files")
    def test_because_p_took_it(
        self, run: Run, pairs: tuple[str, ...], message: str, hint: str
    ) -> None:
        done = run("backtest", "-p", *pairs)
        assert (done.code, message in done.err, hint in done.err) == (2, True, True), done.err


@pytest.mark.soak
def test_a_backtest_of_one_that_cannot_be_leaves_the_others(
    run: Run, userdir: Path, market: Path
) -> None:
    """A record that does not pass, candles that are missing, shorts in spot; the last one runs."""
    stored(userdir, source="import os\n")
    folder = userdir.parent
    source = strategy(entry=ENTERS)
    five = written(folder, "Five", source.replace('"1h"', '"5m"'))
    shorts = written(folder, "Shorts", strategy(entry=ENTERS, attributes="can_short = True"))
    good = written(folder, "Good", source)
    done = run(
        *("--json", "backtest", NAME, five, shorts, good),
        *("--userdir", userdir, "-d", market, "-p", "BTC/USDT"),
    )
    assert done.code == 3
    assert [result["name"] for result in done.json["results"]] == ["Good"]
    assert [(one["name"], one["error"]["type"]) for one in done.json["refused"]] == [
        (NAME, "UsageError"), ("Five", "UsageError"), ("Shorts", "UsageError"),
    ]  # fmt: skip
    assert "there are no 5m candles" in done.json["refused"][1]["error"]["message"]
    assert "goes short" in done.json["refused"][2]["error"]["message"]
    assert "Checking Good (4 of 4)" in done.err
    data = {key: value for key, value in done.json.items() if key not in {"schema", "ok"}}
    assert undocumented(data, VERBS["backtest"]) == []


def test_passed_is_said_of_what_was_checked_to_the_end() -> None:
    broken = EngineError("it ended")
    for error, passed in ((None, True), (broken, False)):
        one = CheckedFile(name="A", file=Path("A.py"), validation=Validation(), error=error)
        assert one.passed is passed
