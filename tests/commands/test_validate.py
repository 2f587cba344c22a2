"""``freqgen validate``: of files that nobody generated, and of folders of them."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from freqgen import checking_files
from freqgen.checking_files import CheckOptions
from freqgen.commands.screen import console_on
from freqgen.commands.showing_batch import show_diff
from freqgen.draft import Draft
from freqgen.exceptions import UsageError
from freqgen.main import main
from freqgen.pipeline import Freqgen
from freqgen.validation.gathering import Found
from tests.commands.conftest import Done, Run
from tests.docs.json_fields import VERBS, undocumented
from tests.installation import ROOT

GOOD = """\
import talib.abstract as ta
from freqtrade.strategy import IStrategy
from pandas import DataFrame


class Good(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "1h"
    stoploss = -0.1
    minimal_roi = {"0": 0.1}
    startup_candle_count = 30

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["rsi"] < 30, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["rsi"] > 70, "exit_long"] = 1
        return dataframe
"""
POSITIVE = GOOD.replace("stoploss = -0.1", "stoploss = 0.1")
"""FG107 in line 9, with one right answer."""
PEEKS = GOOD.replace("timeperiod=14)", "timeperiod=14).shift(-1)")
"""FG201 in line 14."""
UNSAFE = GOOD.replace("import talib", "import os\nimport talib", 1)
"""FG501 in line 1."""


def write(name: str, source: str | bytes = GOOD) -> Path:
    """A file in the current folder, or below it."""
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(source if isinstance(source, bytes) else source.encode())
    return path


@pytest.fixture
def check(run: Run, tmp_path: Path) -> Callable[..., Done]:
    """``freqgen validate --static``."""

    def check(*arguments: str | Path) -> Done:
        return run("validate", "--static", *arguments, "--userdir", tmp_path / "u")

    return check


Check = Callable[..., Done]


def codes(data: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in data["findings"]]


# What cannot be checked, or is strange -------------------------------------------------------

ODD: list[tuple[str, str | bytes, str]] = [
    ("no python", "this is no python IStrategy (((", "FG001"),
    ("empty", "", "FG101"),
    ("5 MB", GOOD + "# x\n" * 1_300_000, "FG005"),
    ("10,000 brackets", "x = " + "(" * 10_000 + ")" * 10_000 + "\n", "FG001"),
    ("a sum of 5,000 terms", GOOD + "x = " + "+".join("1" * 5000) + "\n", "FG006"),
    ("null byte", GOOD.replace("import", "im\0port", 1), "FG004"),
    ("latin-1", (GOOD + "# \xe9\n").encode("latin-1"), "FG004"),
    ("latin-1, said so", ("# coding: latin-1\n" + GOOD + "# \xe9\n").encode("latin-1"), "FG004"),
    ("latin-1, said wrongly", "# coding: latin-1\n" + GOOD, "FG007"),
    ("utf-16", GOOD.encode("utf-16"), "FG004"),
    ("two", GOOD + "\n\nclass Other(IStrategy):\n    pass\n", "FG101"),
    ("none", "x = 1\n", "FG101"),
    ("a folder's own", "import os\n\nos.remove('x')\n", "FG101"),
]


class TestBadInput:
    def test_is_a_finding_and_the_rest_is_checked(self, check: Check) -> None:
        files = [write(f"f{n:02}.py", source) for n, (_, source, _) in enumerate(ODD)]
        done = check("--json", "-j", "2", *files, write("good.py"))
        assert done.code == 3, done.err
        *odd, good = done.json["files"]
        assert [one["file"] for one in odd] == [str(file) for file in files]
        for (name, _, code), one in zip(ODD, odd, strict=True):
            assert code in codes(one), (name, one)
            assert not one["passed"]
        assert good["passed"]
        assert undocumented({k: v for k, v in done.json.items() if k not in {"schema", "ok"}},
                            VERBS["validate"]) == []  # fmt: skip

    def test_in_a_folder_what_cannot_be_read_is_its_own_outcome(self, check: Check) -> None:
        write("d/good.py")
        write("d/helpers.py", "x = 1\n")
        write("d/dir.py/inside.py")
        for name in ("l1.py", "dangling.py"):
            Path("d", name).symlink_to("nothing.py")
        Path("d/r1.py").symlink_to("r2.py")
        Path("d/r2.py").symlink_to("r1.py")
        Path("d/round").symlink_to("..")
        os.mkfifo("d/pipe.py")
        with socket.socket(socket.AF_UNIX) as one:
            one.bind("d/socket.py")
            done = check("--json", "d")
        assert done.code == 3
        by_name = {Path(one["file"]).name: one for one in done.json["files"]}
        assert done.json["without_strategy"] == ["d/helpers.py"]
        assert {n for n, one in by_name.items() if one["passed"]} == {"good.py", "inside.py"}
        for name, message in (
            ("dangling.py", "there is no file"),
            ("pipe.py", "no regular file"),
            ("socket.py", "no regular file"),
            ("r1.py", "cannot be read: Too many levels"),
        ):
            assert message in by_name[name]["error"]["message"]
            assert by_name[name]["findings"] == []

    def test_what_may_not_be_read_is_named(self, check: Check) -> None:
        locked, secret = write("d/locked/a.py").parent, write("d/secret.py")
        write("d/good.py")
        if os.geteuid() == 0:
            pytest.skip("who may read everything cannot try this")
        locked.chmod(0)
        secret.chmod(0)
        try:
            done = check("--json", "d")
        finally:
            locked.chmod(0o755)
        assert done.code == 3
        messages = [one["error"]["message"] for one in done.json["files"] if one["error"]]
        assert any("the folder d/locked cannot be read" in message for message in messages)
        assert any("d/secret.py cannot be read" in message for message in messages)
        assert [one["passed"] for one in done.json["files"]].count(True) == 1

    def test_that_vanishes_is_its_own_outcome(self, tmp_path: Path) -> None:
        path = tmp_path / "good.py"
        path.write_text(GOOD)
        files = [Found(path=tmp_path / "gone.py"), Found(path=path)]
        with Freqgen(userdir=tmp_path / "u") as freqgen:
            gone, good = freqgen.check_files(files, CheckOptions(run=False, jobs=2))
        assert isinstance(gone.error, UsageError)
        assert good.passed

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["--select", "FG999"], '--select: there is no rule "FG999"'),
            (["--ignore", "FG1,lookahed"], "did you mean lookahead?"),
            (["--ignore", ","], "--ignore names no rule"),
            (["-j", "0"], "no number of jobs"),
            (["--fix", "--diff"], "not allowed with"),
            (["--sarif", "b.py"], '--sarif would write to "b.py"'),
            (["--sarif", "a.py"], '--sarif would write to "a.py"'),
            (["--sarif=notes.txt"], '"notes.txt" is there already, and is no SARIF log'),
            (["--sarif=no/where.sarif"], 'there is no folder "no"'),
            (["--sarif", "--json"], "both print to standard output"),
            (["--sarif", "--diff"], "do not go together"),
            (["-odd.py"], "the file is named as ./-odd.py"),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, list) else "",
    )
    def test_in_options_is_one_clear_message(
        self, check: Check, arguments: list[str], message: str
    ) -> None:
        file, other = write("a.py", POSITIVE), write("notes.txt", "mine\n")
        write("-odd.py")
        done = check(file, *arguments)
        assert (done.code, message in done.err) == (2, True), done.err
        assert done.err.count("error:") == 1
        assert done.out == "" or "--json" in arguments
        assert (file.read_text(), other.read_text()) == (POSITIVE, "mine\n")


# Folders -------------------------------------------------------------------------------------


class TestFolders:
    def test_are_searched(self, check: Check, tmp_path: Path) -> None:
        for name in ("d/b.py", "d/a.py", "d/sub/c.py", "d/sub/notes.txt"):
            write(name)
        for name in (".git/x.py", "__pycache__/x.py", ".venv/x.py", "env/lib/x.py", ".x.py"):
            write(f"d/{name}")
        write("d/env/pyvenv.cfg", "")
        write("u/freqgen/drafts/x.py")
        write("u/strategies/mine.py")
        Path("d/sub/again").symlink_to("../../d")
        data = check("--json", "d", "u").json
        files = [one["file"] for one in data["files"]]
        assert files[:3] == ["d/a.py", "d/b.py", "d/sub/c.py"]
        assert files[3:] == ["u/strategies/mine.py"]

    def test_of_one_file_give_a_list(self, check: Check) -> None:
        write("d/a.py")
        assert [one["file"] for one in check("--json", "d").json["files"]] == ["d/a.py"]

    def test_without_a_strategy_pass(self, check: Check) -> None:
        for name in "abc":
            write(f"d/{name}.py", "x = 1\n")
        done = check("d")
        assert done.code == 0
        assert "no strategy in 3 files" in done.out

    def test_of_which_a_file_is_named_too_are_checked_once(self, check: Check) -> None:
        write("d/a.py")
        assert len(check("--json", "d/a.py", "d").json["files"]) == 1

    def test_named_files_without_a_strategy_can_be_passed_over(self, check: Check) -> None:
        done = check("--json", "--strategies-only", write("a.py", "x = 1\n"))
        assert done.code == 0
        assert done.json["without_strategy"] == ["a.py"]

    @pytest.mark.parametrize(
        "source",
        [
            GOOD,
            GOOD.replace("(IStrategy)", "(Base)"),
            GOOD.replace("import IStrategy", "import IStrategy as Base").replace(
                "(IStrategy)", "(Base)"
            ),
            GOOD.replace("class Good", "clas Good"),
        ],
        ids=["plain", "base elsewhere", "alias", "broken"],
    )
    def test_pass_over_nothing_that_may_be_a_strategy(self, check: Check, source: str) -> None:
        write("d/a.py", source)
        assert len(check("--json", "d").json["files"]) == 1


# Several at the same time --------------------------------------------------------------------


class TestJobs:
    def test_give_the_same_in_the_same_order(self, check: Check) -> None:
        sources = [GOOD, POSITIVE, PEEKS, UNSAFE, "x = 1\n", "x = (\n"]
        files = [write(f"f{n}.py", source) for n, source in enumerate(sources * 2)]
        found = []
        for jobs in ("1", "3"):
            data = check("--json", "-j", jobs, *files).json["files"]
            for one in data:
                one.pop("timings")
            found.append(data)
        assert found[0] == found[1]
        assert [one["file"] for one in found[0]] == [str(file) for file in files]

    def test_end_with_ctrl_c(self, tmp_path: Path) -> None:
        for number in range(200):  # more than are read before the signal comes
            (tmp_path / f"f{number:03}.py").write_text(GOOD)
        paths = os.pathsep.join(map(str, (ROOT, ROOT / "plugins")))
        command = [sys.executable, "-m", "freqgen", "validate", "--static", ".", "-j", "2"]
        process = subprocess.Popen(
            [*command, "--userdir", "u"], cwd=tmp_path, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": paths},
        )  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "Good in f000.py\n"
        children = [os.pidfd_open(pid) for pid in _children(process.pid)]
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
        assert process.returncode == 130, err
        assert "interrupted" in err
        assert "Traceback" not in err
        assert "not reached" in out
        assert len(children) >= 2
        for child in children:  # readable when the process has ended
            assert select.select([child], [], [], 30)[0] == [child]
            os.close(child)


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task")
    return [int(c) for task in tasks.iterdir() for c in (task / "children").read_text().split()]


# What is reported ----------------------------------------------------------------------------

CHOSEN = [
    (POSITIVE, ["--select", "FG1"], ["FG107"], 3),
    (POSITIVE, ["--select", "fg107"], ["FG107"], 3),
    (POSITIVE, ["--select", "interface"], ["FG107"], 3),
    (POSITIVE, ["--select", "lookahead,FG3"], [], 0),
    (POSITIVE, ["--ignore", "FG107"], [], 0),
    (POSITIVE, ["--ignore", "FG1", "--select", "FG107"], ["FG107"], 3),
    (POSITIVE, ["--select", "FG1", "--ignore", "FG107"], [], 0),
    (POSITIVE, ["--select", "ALL"], ["FG107"], 3),
    ("x = (\n", ["--select", "FG2"], ["FG001"], 3),
    ("x = (\n", ["--ignore", "FG001"], [], 0),
    (UNSAFE, ["--ignore", "safety"], [], 0),
    (b"\xff\xfe", ["--ignore", "FG004"], [], 0),
]


@pytest.mark.parametrize(
    ("source", "arguments", "expected", "code"), CHOSEN, ids=[" ".join(a) for _, a, _, _ in CHOSEN]
)
def test_codes_are_chosen(
    check: Check, source: str | bytes, arguments: list[str], expected: list[str], code: int
) -> None:
    done = check("--json", write("Good.py", source), *arguments)
    assert (codes(done.json), done.code) == (expected, code), done.err


def test_what_is_left_out_is_not_run_for_that(run: Run, tmp_path: Path) -> None:
    """A safety finding that nobody hears of keeps a draft from being run all the same."""
    write("Good.py", UNSAFE)
    done = run("--json", "validate", "Good.py", "--ignore", "FG5", "--userdir", tmp_path / "u")
    assert done.code == 0
    assert "behaviour" not in done.json["timings"]
    (finding,) = done.json["findings"]
    assert (finding["code"], "FG501" in finding["message"]) == ("FG692", True)
    assert done.json["sandbox"] is None


SILENCED = [
    (PEEKS.replace("shift(-1)", "shift(-1)  # noqa: FG201"), [], ["FG201"]),
    (PEEKS.replace("shift(-1)", "shift(-1)  # NOQA:FG201,FG303 as agreed"), ["FG695"], ["FG201"]),
    (PEEKS.replace("shift(-1)", "shift(-1)  # noqa"), [], ["FG201"]),
    (PEEKS.replace("shift(-1)", "shift(-1)  # noqa: E501"), ["FG201"], []),
    (PEEKS.replace("shift(-1)", "shift(-1)  # noqa: because"), ["FG201"], []),
    (PEEKS.replace("shift(-1)", 'shift(-1)\n        "# noqa: FG201"'), ["FG201"], []),
    (PEEKS.replace("shift(-1)", "shift(\n            -1\n        )  # noqa: FG201"), [], ["FG201"]),
    (GOOD.replace("-0.1", "-0.1  # noqa: FG107"), ["FG695"], []),
    (GOOD.replace("-0.1", "-0.1  # noqa: FG999"), ["FG695"], []),
    (UNSAFE.replace("import os", "import os  # noqa: FG501"), ["FG501", "FG695"], []),
    (UNSAFE.replace("import os", "import os  # noqa"), ["FG501"], []),
    ("x = (  # noqa\n", ["FG001"], []),
    (GOOD.replace("-0.1", "-0.1  # noqa: FG801"), [], []),
]


@pytest.mark.parametrize(("source", "reported", "silenced"), SILENCED)
def test_comments_silence(
    check: Check, source: str, reported: list[str], silenced: list[str]
) -> None:
    data = check("--json", write("Good.py", source)).json
    assert codes(data) == reported
    assert [finding["code"] for finding in data["silenced"]] == silenced


def test_comments_count_where_a_person_names_the_file(tmp_path: Path) -> None:
    """Not where a model wrote the code: it would write the comment too."""
    source = PEEKS.replace("shift(-1)", "shift(-1)  # noqa: FG201")
    file = tmp_path / "Good.py"
    file.write_text(source)
    with Freqgen(userdir=tmp_path / "u") as freqgen:
        draft = Draft(class_name="Good", source=source, origin="openai:some-model")
        written = freqgen.validate(draft, run=False)
        _, named = freqgen.validate_file(file, run=False)
    assert [f.code for f in written.report.blocking] == ["FG201"]
    assert written.screened is None
    assert named.report.findings == ()
    assert named.screened is not None


# Mending -------------------------------------------------------------------------------------


class TestFix:
    @pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["LF", "CRLF"])
    @pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "BOM"])
    def test_mends_in_place(self, check: Check, ends: str, mark: str) -> None:
        before = mark + POSITIVE.replace("INTERFACE_VERSION = 3", "INTERFACE_VERSION = 2")
        file = write("Good.py", before.replace("\n", ends))
        file.chmod(0o640)
        link = Path("link.py")
        link.symlink_to(file)
        done = check("--fix", link)
        assert done.code == 0, done.out
        assert file.read_bytes().decode() == (mark + GOOD).replace("\n", ends)
        assert stat.S_IMODE(file.stat().st_mode) == 0o640
        assert link.is_symlink()
        assert "mended  FG107:9" in done.out
        assert "\n-    stoploss = 0.1\n+    stoploss = -0.1\n" in done.out
        again = check("--json", "--fix", file).json
        assert (again["mended"], again["diff"], again["passed"]) == ([], "", True)

    def test_inserted_lines_end_like_the_others(self, check: Check) -> None:
        source = GOOD.replace("        return dataframe\n", "        pass\n", 1)
        file = write("Good.py", source.replace("\n", "\r\n"))
        check("--fix", file)
        data = file.read_bytes()
        assert data.count(b"\n") == data.count(b"\r\n")

    def test_diff_only_shows(self, check: Check) -> None:
        file = write("Good.py", POSITIVE.rstrip("\n"))
        done = check("--json", "--diff", file)
        assert (done.code, done.json["passed"]) == (3, True)
        assert file.read_text() == POSITIVE.rstrip("\n")
        Path("patch").write_text(done.json["diff"])
        subprocess.run(["git", "apply", "patch"], check=True)
        assert file.read_text() == GOOD.rstrip("\n")
        assert check("--diff", file).code == 0

    def test_what_is_shown_can_be_applied(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Tabs, blanks at ends and long lines stay what they are."""
        diff = f"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-\tx = 1  \n+\tx = [2]  # {'é ' * 200}\n"
        show_diff(console_on(sys.stdout), diff)
        assert capsys.readouterr().out == diff
        show_diff(console_on(sys.stdout), "")
        assert capsys.readouterr().out == ""

    def test_leaves_alone_what_nobody_wants_to_hear_of(self, check: Check) -> None:
        silenced = POSITIVE.replace("= 0.1", "= 0.1  # noqa: FG107")
        for source, arguments in ((silenced, []), (POSITIVE, ["--ignore", "FG107"])):
            file = write("Good.py", source)
            assert check("--fix", file, *arguments).code == 0
            assert file.read_text() == source

    def test_what_remains_decides(self, check: Check) -> None:
        file = write("Good.py", UNSAFE.replace("-0.1", "0.1"))
        done = check("--json", "--fix", file)
        assert (done.code, codes(done.json)) == (3, ["FG501"])
        assert file.read_text() == UNSAFE

    def test_removes_comments_that_silence_nothing(self, check: Check) -> None:
        source = GOOD.replace("= -0.1", "= -0.1  # noqa: FG107").replace(
            '"1h"', '"1h"  # noqa: FG106, E501'
        )
        file = write("Good.py", source.replace("class Good", "# noqa: FG103\nclass Good"))
        check("--fix", file)
        assert file.read_text() == GOOD.replace('"1h"', '"1h"  # noqa: E501')

    def test_writes_nothing_over_what_was_changed_meanwhile(
        self, check: Check, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file, other = write("Good.py", POSITIVE), write("other.py", POSITIVE)
        mend = checking_files.mend

        def slow(draft: Any, check: Any) -> Any:
            if draft.source == POSITIVE and file.read_text() == POSITIVE:
                file.write_text(POSITIVE + "# mine\n")
            return mend(draft, check)

        monkeypatch.setattr(checking_files, "mend", slow)
        done = check("--fix", "-j", "1", file, other)
        assert done.code == 3
        assert "was changed while it was checked" in done.out
        assert (file.read_text(), other.read_text()) == (POSITIVE + "# mine\n", GOOD)
        assert not list(Path().glob(".*.tmp"))

    def test_respects_what_is_read_only(self, check: Check) -> None:
        file = write("Good.py", POSITIVE)
        file.chmod(0o444)
        done = check("--fix", file)
        assert (done.code, "the file is read-only" in done.err) == (2, True)
        assert file.read_text() == POSITIVE

    def test_a_full_disk_leaves_the_file(
        self, check: Check, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: Any) -> None:
            raise OSError(28, "No space left on device")

        file = write("Good.py", POSITIVE)
        write("other.py")
        monkeypatch.setattr("freqgen.store.atomic.os.fsync", full)
        done = check("--fix", file, "other.py")
        assert done.code == 3
        assert "No space left" in done.out
        assert "free some space" in done.out
        assert file.read_text() == POSITIVE
        assert not list(Path().glob(".*.tmp"))

    def test_what_running_shows_is_mended_too(self, run: Run, tmp_path: Path) -> None:
        file = write("Good.py", GOOD)
        done = run("--json", "validate", "--fix", file, "--userdir", tmp_path / "u")
        if done.json["sandbox"] is None:
            pytest.skip("nothing holds a strategy here")
        assert [finding["code"] for finding in done.json["mended"]] == ["FG825"]
        assert "startup_candle_count = 30" not in file.read_text()
        assert codes(done.json) == []


# For people and for programs -----------------------------------------------------------------


def test_several_files_are_summed_up(check: Check) -> None:
    names = [write(f"{n}.py", source) for n, source in (("a", POSITIVE), ("b", PEEKS), ("c", GOOD))]
    done = check("-j", "2", *names)
    assert done.code == 3, done.err
    summary = done.out.partition("\nSummary\n")[2]
    rows = [line.split() for line in summary.splitlines()]
    assert ["files", "3"] in rows
    assert ["passed", "1"] in rows
    assert ["errors", "2"] in rows
    assert ["FG107", "error", "1", "1"] in rows
    assert ["FG201", "error", "1"] in rows
    assert "\n  1 can be mended: " in summary
    assert "validate a.py b.py c.py --fix --static" in summary
    assert "Summary" not in check(names[0]).out


def test_freqtrade_gen_is_the_same(run: Run, tmp_path: Path, capfd: Any) -> None:
    write("d/a.py", POSITIVE)
    capfd.readouterr()
    arguments = ["validate", "--static", "d", "--userdir", str(tmp_path / "u")]
    assert main(arguments, prog="freqtrade gen") == 3
    assert "freqtrade gen validate d --fix --static" in capfd.readouterr().out


def test_the_pre_commit_hook(tmp_path: Path) -> None:
    """Its entry, with the names of changed files behind it, as pre-commit calls it."""
    yaml = pytest.importorskip("yaml")
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert (hook["id"], hook["language"]) == ("freqgen-validate", "python")
    for name in ("--ignore=all", "--logfile=strategies/Good.py", "-j1.py"):  # names of options
        assert not re.search(hook["files"], name) or re.search(hook["exclude"], name)
    program, *arguments = hook["entry"].split()
    assert program == "freqgen"
    (tmp_path / "strategies").mkdir()
    (tmp_path / "strategies" / "Good.py").write_text(GOOD)
    (tmp_path / "setup.py").write_text("from setuptools import setup\n\nsetup()\n")
    paths = os.pathsep.join(map(str, (ROOT, ROOT / "plugins")))

    def commit(*names: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", program, *arguments, *names], cwd=tmp_path, text=True,
            capture_output=True, check=False, env={**os.environ, "PYTHONPATH": paths},
        )  # fmt: skip

    assert commit("setup.py", "strategies/Good.py").returncode == 0
    (tmp_path / "strategies" / "Good.py").write_text(POSITIVE)
    done = commit("setup.py", "strategies/Good.py")
    assert (done.returncode, "FG107:9" in done.stdout) == (3, True)
    assert commit("setup.py").returncode == 0


def test_json_of_one_file_is_one_object(check: Check) -> None:
    data = json.loads(check("--json", write("Good.py")).out)
    assert {"file", "passed", "findings", "silenced"} <= data.keys()
    assert not {"files", "mended", "diff", "without_strategy"} & data.keys()


def test_the_name_of_a_file_stays_on_its_line(run: Run, tmp_path: Path) -> None:
    """A CI system would take a line that begins so for a command to it."""
    name = "e\x1b[31m\n::error::x.py"
    file = tmp_path / name
    file.write_text(POSITIVE, encoding="utf-8")
    for given in (["validate", "--static", name, name.replace("x.py", "y.py")],
                  ["validate", "--static", "--diff", name]):  # fmt: skip
        done = run(*given)
        said = done.out + done.err
        assert not any(line.startswith("::") for line in said.splitlines())
        assert "e\\x1b[31m\\n::error::" in said
