"""The frame of the command line: options, exit codes, and the one message of each error."""

from __future__ import annotations

import errno
import io
import json
import logging
import os
import platform
import re
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from enum import StrEnum
from pathlib import Path

import freqtrade
import numpy as np
import pytest
from freqtrade.commands.cli_options import AVAILABLE_CLI_OPTIONS
from freqtrade.exceptions import OperationalException

import freqgen
from freqgen import main as main_module
from freqgen.commands import options
from freqgen.commands.context import CommandContext, to_json
from freqgen.exceptions import DataMissing, DuplicateNameError
from freqgen.hookspecs import hookimpl
from freqgen.main import main
from freqgen.plugins import PluginHost
from freqgen.verbs import Verbs

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """An empty current folder, and no plugins but those of the test."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Verb:
    """A plugin with the verb ``try``, which does what the test wants."""

    plugin_name = "trying"

    def __init__(self, action):
        self.action = action

    @hookimpl
    def register_commands(self, subparsers):
        parser = subparsers.add_parser("try", help="try something")
        parser.add_argument("--name")
        parser.add_argument("words", nargs="*")
        parser.set_defaults(run=self.action)


@pytest.fixture
def plugins(monkeypatch):
    """The only plugins there are, as a list to add to."""
    objects = []
    load = PluginHost.load

    def load_these(disabled=(), **keywords):
        return load(disabled, objects, entry_points=False, warn=keywords["warn"])

    monkeypatch.setattr(PluginHost, "load", load_these)
    return objects


@pytest.fixture
def run(plugins, capsys):
    """Run ``freqgen try …`` with an action; gives exit code, stdout and stderr."""

    def run(*argv, action=None, raises=None, **keywords):
        def act(args, context):
            if raises is not None:
                raise raises
            return action(args, context) if action else None

        plugins.append(Verb(act))
        code = main(argv, **keywords)
        out, err = capsys.readouterr()
        return code, out, err

    return run


def the_object(out):
    """The one JSON object of stdout."""
    data = json.loads(out)
    assert data["schema"] == "freqgen/1"
    return data


class TestCommonOptions:
    @pytest.mark.parametrize(
        ("argv", "name", "value"),
        [
            pytest.param(["try"], "config", (), id="no-config"),
            pytest.param(["-c", "a", "try"], "config", ("a",), id="before"),
            pytest.param(["try", "--config", "a"], "config", ("a",), id="after"),
            pytest.param(["-c", "a", "try", "-c", "b"], "config", ("a", "b"), id="both-add-up"),
            pytest.param(["try"], "verbosity", 0, id="quiet"),
            pytest.param(["-v", "try", "-v"], "verbosity", 2, id="counts-add-up"),
            pytest.param(["--userdir", "u", "try"], "user_data_dir", "u", id="userdir"),
            pytest.param(
                ["--userdir", "u", "try", "--user-data-dir", "v"],
                "user_data_dir",
                "v",
                id="last-wins",
            ),
            pytest.param(["try", "--data-dir", "d"], "datadir", "d", id="data-dir"),
            pytest.param(["--datadir", "d", "try", "--name", "x"], "datadir", "d", id="kept"),
            pytest.param(["try"], "json", False, id="text"),
            pytest.param(["--json", "try"], "json", True, id="json-before"),
            pytest.param(["try", "--json"], "json", True, id="json-after"),
            pytest.param(["--no-color", "try"], "no_color", True, id="no-color"),
            pytest.param(["try", "--log-file", "l"], "logfile", "l", id="logfile"),
        ],
    )
    def test_before_or_after_the_verb(self, run, argv, name, value):
        seen = []
        code, _, _ = run(*argv, action=lambda args, context: seen.append(args))
        assert code == 0
        assert getattr(seen[0], name) == value
        assert not [key for key in vars(seen[0]) if key.startswith(options.BEFORE)]

    @pytest.mark.parametrize("option", options.COMMON, ids=lambda option: option.dest)
    def test_freqtrade_names_them_the_same(self, option):
        theirs = AVAILABLE_CLI_OPTIONS.get(option.dest)
        if option.dest == "no_color":
            theirs = AVAILABLE_CLI_OPTIONS["print_colorized"]
        if option.dest != "json":
            assert set(option.names) <= set(theirs.cli)

    def test_other_shared_options_have_freqtrade_s_names_too(self):
        parser = ArgumentParser(add_help=False)
        options.add_backtest_options(parser)
        options.add_timeframe_option(parser)
        actions = {action.dest: action.option_strings for action in parser._actions}
        expected = ["timerange", "pairs", "fee", "dry_run_wallet", "timeframe"]
        expected += ["max_open_trades", "stake_amount"]
        assert sorted(actions) == sorted(expected)
        for name in expected:
            assert actions[name] == list(AVAILABLE_CLI_OPTIONS[name].cli)

    @pytest.mark.parametrize(
        ("keywords", "names"),
        [
            ({}, ["--design-model", "--code-model"]),
            ({"code": False}, ["--design-model"]),
            ({"design": False}, ["--code-model"]),
        ],
    )
    def test_model_options(self, keywords, names):
        parser = ArgumentParser(add_help=False)
        options.add_model_options(parser, **keywords)
        assert [name for action in parser._actions for name in action.option_strings] == names


class TestExitCodes:
    @pytest.mark.parametrize(("returned", "code"), [(None, 0), (0, 0), (3, 3)])
    def test_of_a_verb_pass_through(self, run, returned, code):
        assert run("try", action=lambda *_: returned)[0] == code

    @pytest.mark.parametrize(
        ("error", "code", "message"),
        [
            pytest.param(
                DataMissing("no candles", hint="freqtrade download-data"),
                2,
                "freqgen: error: no candles\nfreqtrade download-data\n",
                id="ours",
            ),
            pytest.param(
                OperationalException("bad exchange"),
                2,
                "freqgen: error: bad exchange\n",
                id="freqtrade-s",
            ),
            pytest.param(
                KeyboardInterrupt(),
                130,
                "freqgen: interrupted; nothing is half-written\n",
                id="ctrl-c",
            ),
            pytest.param(
                OSError(errno.ENOSPC, "No space left on device", "/x/y"),
                2,
                'freqgen: error: No space left on device: "/x/y"\nfree some space, '
                "or choose another place with --userdir\n",
                id="full-disk",
            ),
            pytest.param(
                PermissionError(errno.EACCES, "Permission denied"),
                2,
                "freqgen: error: Permission denied\nchange the permissions, "
                "or choose another place with --userdir\n",
                id="forbidden",
            ),
            pytest.param(
                SystemExit("a plugin's way to fail"),
                2,
                "freqgen: error: a plugin's way to fail\n",
                id="exit-with-a-message",
            ),
            pytest.param(SystemExit(7), 7, "", id="exit-with-a-code"),
            pytest.param(SystemExit(None), 0, "", id="exit"),
        ],
    )
    def test_of_errors_and_their_message(self, run, error, code, message):
        assert run("try", raises=error) == (code, "", message)

    @pytest.mark.parametrize(
        ("error", "code", "expected"),
        [
            pytest.param(
                DataMissing("no candles", hint="download them"),
                2,
                {"type": "DataMissing", "message": "no candles", "hint": "download them"},
                id="ours",
            ),
            pytest.param(
                OperationalException("bad exchange"),
                2,
                {"type": "OperationalException", "message": "bad exchange", "hint": ""},
                id="freqtrade-s",
            ),
            pytest.param(
                KeyboardInterrupt(),
                130,
                {
                    "type": "Interrupted",
                    "message": "interrupted; nothing is half-written",
                    "hint": "",
                },
                id="ctrl-c",
            ),
        ],
    )
    def test_as_json_there_is_one_object_on_stdout(self, run, error, code, expected):
        returned, out, _ = run("try", "--json", raises=error)
        assert returned == code
        assert the_object(out) == {"schema": "freqgen/1", "ok": False, "error": expected}

    def test_a_bug_shows_its_traceback_and_where_to_report(self, run):
        code, out, err = run("try", raises=ZeroDivisionError("oops"))
        assert code == 1
        assert out == ""
        assert "Traceback (most recent call last)" in err
        assert "this is a bug in freqgen or one of its plugins: ZeroDivisionError: oops" in err
        assert "please report" in err

    def test_a_bug_is_an_object_too(self, run):
        code, out, _ = run("try", "--json", raises=FileNotFoundError(2, "gone"))
        assert code == 1
        assert the_object(out)["error"]["type"] == "FileNotFoundError"

    def test_an_error_after_the_result_prints_no_second_object(self, run):
        def act(args, context):
            context.emit({"a": 1}, "a")
            raise DataMissing("too late")

        code, out, err = run("try", "--json", action=act)
        assert code == 2
        assert the_object(out) == {"schema": "freqgen/1", "ok": True, "a": 1}
        assert "too late" in err

    def test_another_name_of_the_program_is_used_in_messages(self, run):
        _, _, err = run("try", raises=DataMissing("x"), prog="freqtrade gen")
        assert err.startswith("freqtrade gen: error: x")


class TestArguments:
    @pytest.mark.parametrize(
        ("argv", "message", "hint"),
        [
            ([], "no verb was given", "freqgen --help lists"),
            (["tyr"], 'there is no verb "tyr"', "did you mean try? freqgen --help lists the verbs"),
            (["zzzzz"], 'there is no verb "zzzzz"', "freqgen --help lists the verbs"),
            (["try", "--nope"], "unrecognized arguments: --nope", "--help explains"),
            (["try", "--name"], "argument --name: expected one argument", "freqgen try --help"),
            (["-c"], "argument -c/--config: expected one argument", "--help explains"),
        ],
        ids=lambda value: " ".join(value) or "nothing" if isinstance(value, list) else "",
    )
    @pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
    def test_that_cannot_be_understood(self, run, argv, message, hint, as_json):
        code, out, err = run(*(["--json"] if as_json else []), *argv)
        assert code == 2
        assert f"freqgen: error: {message}" in err
        assert hint in err
        if as_json:
            error = the_object(out)["error"]
            assert error["type"] == "UsageError"
            assert error["message"] == message
        else:
            assert out == ""

    def test_after_two_dashes_json_is_a_word(self, run):
        seen = []
        run("try", "--", "--json", action=lambda args, context: seen.append((args, context)))
        args, context = seen[0]
        assert args.words == ["--json"]
        assert not context.json

    @pytest.mark.parametrize("argv", [["-V"], ["--version"], ["--version", "try"]])
    def test_versions(self, run, argv):
        code, out, _ = run(*argv)
        assert code == 0
        assert out.splitlines() == [
            f"freqgen {freqgen.__version__}",
            f"freqtrade {freqtrade.__version__}",
            f"python {platform.python_version()}",
        ]

    def test_versions_as_json(self, run):
        _, out, _ = run("--json", "--version")
        assert the_object(out)["versions"]["freqgen"] == freqgen.__version__

    def test_versions_with_another_option_before(self, run):
        _, out, _ = run("-c", "x.json", "--version", "try")
        assert out.startswith("freqgen ")


class TestHelp:
    def test_lists_the_verbs_under_headings_with_an_example(self, run):
        code, out, err = run("--help")
        assert (code, err) == (0, "")
        assert out.startswith("usage: freqgen VERB [options]\n")
        assert re.search(r"\nLook around:\n(  .*\n)*  list-plugins +show every plugin", out)
        assert re.search(r"\nFrom plugins:\n  try +try something\n", out)
        assert "\nexample:\n  freqgen generate" in out

    def test_of_a_verb_has_the_common_options(self, run):
        _, out, _ = run("try", "--help")
        assert out.startswith("usage: freqgen try [-h]")
        assert "Try something." in out
        for option in options.COMMON:
            assert option.names[-1] in out

    def test_names_the_program_as_it_was_called(self, run):
        _, out, _ = run("--help", prog="freqtrade gen")
        assert "usage: freqtrade gen VERB" in out
        assert '"freqtrade gen VERB --help"' in out

    def test_imports_nothing_heavy(self):
        code = (
            "import sys; sys.argv = ['freqgen', '--help']\n"
            "from freqgen.main import main\n"
            "assert main() == 0\n"
            "heavy = {'pydantic', 'pandas', 'numpy', 'ccxt', 'talib', 'libcst', 'mypy', 'lark',"
            " 'rich', 'sqlalchemy', 'jsonschema', 'freqtrade.configuration', 'freqgen.settings',"
            " 'freqgen.pipeline',"
            " 'questionary', 'prompt_toolkit'}\n"
            "print('HEAVY', sorted(heavy & set(sys.modules)), file=sys.stderr)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "plugins")))},
            check=True,
        )
        assert done.stderr.splitlines()[-1] == "HEAVY []"


class TestVerbs:
    def test_freqtrade_s_name_of_backtest_is_accepted(self):
        verbs = Verbs(ArgumentParser().add_subparsers(dest="verb"))
        verbs.add_parser("backtest")
        assert set(verbs._subparsers.choices) == {"backtest", "backtesting"}
        assert verbs.groups == {"Other": {"backtest": ""}}

    def test_a_taken_verb_names_both_owners(self, run, plugins):
        class Twin(Verb):
            plugin_name = "twin"

        plugins.append(Twin(print))
        code, _, err = run("try")
        assert code == 0 or "twin" in err
        assert 'the verb "try" is registered by plugin "twin" and again by "trying"' in err

    def test_our_own_verbs_cannot_be_taken(self):
        verbs = Verbs(ArgumentParser().add_subparsers())
        verbs.add_parser("list-plugins")
        with pytest.raises(DuplicateNameError, match='by plugin "freqgen" and again by "p"'):
            verbs.of("p").add_parser("list-plugins")

    def test_a_verb_that_does_nothing(self, plugins, capsys):
        class Empty:
            @hookimpl
            def register_commands(self, subparsers):
                subparsers.add_parser("empty")

        plugins.append(Empty())
        assert main(["empty"]) == 2
        assert 'the verb "empty" does nothing' in capsys.readouterr().err

    def test_a_plugin_that_fails_is_warned_of_and_the_rest_works(self, run, plugins):
        class Broken:
            @hookimpl
            def register_commands(self, subparsers):
                raise RuntimeError("oops")

        plugins.append(Broken())
        code, _, err = run("try")
        assert code == 0
        assert err == 'warning: plugin "Broken": RuntimeError: oops; it is not used\n'

    def test_a_disabled_plugin_has_no_verb(self, run, here):
        (here / "config.json").write_text('{"freqgen": {"disabled_plugins": ["trying"]}}')
        code, _, err = run("try")
        assert code == 2
        assert 'no verb "try"' in err


class TestListPlugins:
    def test_in_words(self, run, plugins, here):
        class Broken:
            @hookimpl
            def register_gates(self, register):
                register(object())

        class Idle:
            plugin_name = "idle"

        class Off:
            plugin_name = "off"

        plugins += [Broken(), Idle(), Off()]
        (here / "config.json").write_text('{"freqgen": {"disabled_plugins": ["off"]}}')
        code, out, _ = run("list-plugins", "--no-color")
        assert code == 0
        lines = out.splitlines()
        assert lines[0] == "Broken"
        assert lines[1].startswith('  failed: plugin "Broken" registers a gate without a name')
        assert lines[2:] == [
            "idle",
            "  registers nothing",
            "off",
            "  disabled",
            "trying",
            "  command: try",
        ]

    def test_none(self, plugins, capsys):
        assert main(["list-plugins"]) == 0
        assert capsys.readouterr().out == "No plugins are installed.\n"

    def test_as_json(self, run):
        _, out, _ = run("list-plugins", "--json")
        assert the_object(out)["plugins"] == [
            {
                "name": "trying",
                "distribution": None,
                "version": None,
                "registers": {"command": ["try"]},
                "disabled": False,
                "error": None,
            }
        ]

    def test_a_configuration_that_cannot_be_read_is_an_error(self, run):
        code, _, err = run("list-plugins", "-c", "nope.json")
        assert code == 2
        assert '"nope.json" does not exist' in err


class Level(StrEnum):
    HIGH = "high"


class TestContext:
    @pytest.fixture
    def context(self):
        args = Namespace(
            json=False,
            no_color=True,
            config=(),
            user_data_dir=None,
            datadir=None,
            verbosity=0,
            logfile=None,
        )
        return CommandContext(args, PluginHost(), stdout=io.StringIO(), stderr=io.StringIO())

    def test_text_may_be_printed_by_a_function(self, context):
        context.emit({}, lambda console: console.print("[bold]hello[/bold]"))
        assert context.stdout.getvalue() == "hello\n"

    def test_the_workspace_is_loaded_once_and_says_its_defaults(self, context):
        assert context.workspace() is context.workspace()
        said = context.stderr.getvalue().splitlines()
        assert said == list(context.workspace().defaults)

    def test_freqgen_gets_workspace_plugins_and_progress(self, context):
        with context.freqgen() as made:
            assert made is context.freqgen()
            assert made.workspace is context.workspace()
            assert made.host is context.host

    def test_a_terminal_gets_styled_lines(self, context):
        class Terminal(io.StringIO):
            def isatty(self):
                return True

        context.stderr = Terminal()
        context.progress("working [1/2]")
        context.warn("careful")
        assert "working [1/2]" in context.stderr.getvalue()
        assert "warning: careful" in context.stderr.getvalue()

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            pytest.param({"a": (1, 2)}, {"a": [1, 2]}, id="tuple"),
            pytest.param([1.5, float("inf"), float("nan")], [1.5, None, None], id="not-finite"),
            pytest.param(Level.HIGH, "high", id="enum"),
            pytest.param({Level.HIGH: True}, {"high": True}, id="enum-as-a-key"),
            pytest.param(Path("a/b"), "a/b", id="path"),
            pytest.param(np.float64("nan"), None, id="numpy-nan"),
            pytest.param(np.int64(3), 3, id="numpy-int"),
            pytest.param({3}, [3], id="set"),
            pytest.param(None, None, id="none"),
        ],
    )
    def test_json_values(self, value, expected):
        assert json.loads(json.dumps(to_json(value), allow_nan=False)) == expected


class TestLogging:
    @pytest.mark.parametrize(
        ("argv", "level"),
        [([], logging.WARNING), (["-v"], logging.INFO), (["-vv"], logging.DEBUG), (["-vvv"], 10)],
    )
    def test_levels(self, run, argv, level):
        seen = []
        before = logging.getLogger().level
        run(*argv, "try", action=lambda *_: seen.append(logging.getLogger().level))
        assert seen == [level]
        assert logging.getLogger().level == before

    def test_goes_to_stderr_and_to_a_file(self, run, here):
        def act(*_):
            logging.getLogger("x").info("hello")

        _, out, err = run("-v", "try", "--logfile", "l.log", action=act)
        assert out == ""
        assert "x INFO hello" in err
        assert "x INFO hello" in (here / "l.log").read_text()

    def test_says_no_secrets(self, run, here, monkeypatch):
        """An HTTP client logs the address that it calls, with the password that is in it."""
        monkeypatch.setenv("OPENAI_API_KEY", "another secret")

        def act(*_):
            log = logging.getLogger("x")
            log.info("POST %s", "http://me:hunter2@host/v1")
            log.error("failed", exc_info=ValueError("with another secret in it"))

        _, _, err = run("-v", "try", "--logfile", "l.log", action=act)
        for said in (err, (here / "l.log").read_text()):
            assert "POST http://[redacted]@host/v1" in said
            assert "hunter2" not in said
            assert "with [redacted] in it" in said

    def test_a_file_that_cannot_be_written(self, run):
        code, _, err = run("try", "--logfile", "no/such/folder/l.log")
        assert code == 2
        assert 'log file "no/such/folder/l.log" cannot be written' in err


class TestProcess:
    """What only a process of its own can show."""

    @staticmethod
    def start(*argv, **keywords):
        path = os.pathsep.join(map(str, (ROOT, ROOT / "plugins")))
        return subprocess.run(
            [sys.executable, "-m", "freqgen", *argv],
            text=True,
            env={**os.environ, "PYTHONPATH": path, **keywords.pop("env", {})},
            check=False,
            **keywords,
        )

    def test_runs_as_a_module(self):
        done = self.start("--version", capture_output=True)
        assert done.returncode == 0
        assert done.stdout.startswith("freqgen ")

    @pytest.mark.parametrize("argv", [["--help"], ["list-plugins"], ["--json", "nope"]])
    def test_a_reader_that_leaves_is_nobody_s_error(self, argv):
        reading, writing = os.pipe()
        os.close(reading)
        with os.fdopen(writing, "w") as closed:
            done = self.start(*argv, stdout=closed, stderr=subprocess.PIPE)
        assert done.returncode == 0
        assert "Traceback" not in done.stderr
        assert "BrokenPipe" not in done.stderr

    def test_a_terminal_without_the_characters(self):
        done = self.start("näh", capture_output=True, env={"PYTHONIOENCODING": "ascii"})
        assert done.returncode == 2
        assert 'no verb "n?h"' in done.stderr


def test_without_a_file_below_stdout_a_reader_may_leave_too(run, monkeypatch):
    monkeypatch.setattr("sys.stdout", io.StringIO())
    context = CommandContext(Namespace(), PluginHost())
    assert main_module._reader_left(context) == 0
    sys.stdout.close()


def test_run_ends_the_process(monkeypatch, plugins):
    monkeypatch.setattr("sys.argv", ["freqgen", "--version"])
    with pytest.raises(SystemExit) as raised:
        main_module.run()
    assert raised.value.code == 0
