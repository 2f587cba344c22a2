"""``freqtrade gen``: one more subcommand, and nothing else of Freqtrade changed."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from argparse import ArgumentParser
from importlib.machinery import ModuleSpec
from types import SimpleNamespace

import pytest

from tests.installation import ROOT

pytestmark = pytest.mark.xdist_group("installed")  # the wheels are built once

OFF = {"FREQGEN_NO_SUBCOMMAND": "1"}


@pytest.fixture
def hook(monkeypatch):
    """The module that the ``.pth`` file imports, loaded without being installed."""
    monkeypatch.setenv("FREQGEN_NO_SUBCOMMAND", "1")
    spec = importlib.util.spec_from_file_location(
        "freqtrade_gen_under_test", ROOT / "plugins" / "_freqtrade_gen.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class TestInstalled:
    """With the wheel in an environment, as after ``pip install``."""

    def test_is_in_freqtrade_s_help(self, installed, tmp_path):
        done = installed.run("freqtrade", "--help", cwd=tmp_path)
        assert done.returncode == 0
        assert "\n    gen                 Turn a trading idea" in done.stdout

    def test_can_be_switched_off(self, installed, tmp_path):
        assert "gen   " not in installed.run("freqtrade", "--help", cwd=tmp_path, **OFF).stdout
        assert installed.run("freqtrade", "gen", cwd=tmp_path, **OFF).returncode != 1

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            (["--help"], 0),
            (["list-plugins", "--help"], 0),
            (["--version"], 0),
            (["--json", "list-plugins"], 0),
            (["list-plugins", "--json", "-c", "nope.json"], 2),
            (["nope"], 2),
            ([], 2),
            (["--json"], 2),
        ],
        ids=str,
    )
    def test_does_and_says_what_freqgen_does(self, installed, tmp_path, arguments, code):
        ours = installed.run("freqgen", *arguments, cwd=tmp_path)
        theirs = installed.run("freqtrade", "gen", *arguments, cwd=tmp_path)
        assert (ours.returncode, theirs.returncode) == (code, code)
        # Usage lines are wrapped by the length of the program's name.
        said = theirs.stdout.replace("freqtrade gen", "freqgen")
        assert said.split() == ours.stdout.split()
        # Freqtrade says its version on stderr before it starts any subcommand.
        said = [line for line in theirs.stderr.splitlines() if " - freqtrade - INFO - " not in line]
        assert "\n".join(said).replace("freqtrade gen", "freqgen") == ours.stderr.strip()

    @pytest.mark.parametrize(
        "arguments",
        [
            ["--version"],
            ["list-exchanges", "--help"],
            ["list-timeframes", "--nonsense"],
            ["backtesting", "--help"],
            ["nonsense"],
            [],
        ],
        ids=" ".join,
    )
    def test_leaves_every_other_command_alone(self, installed, tmp_path, arguments):
        def outcome(**env):
            done = installed.run("freqtrade", *arguments, cwd=tmp_path, **env)
            text = (done.stdout + done.stderr).replace(",gen}", "}").replace(", 'gen')", ")")
            # The moment of a log line is its first word.
            return done.returncode, [line.partition(" - ")[2] or line for line in text.split("\n")]

        assert outcome() == outcome(**OFF)

    def test_costs_next_to_nothing_where_freqtrade_is_not_used(self, installed, tmp_path):
        code = "import sys; print(*sorted(sys.modules))"
        on = set(installed.run("python", "-c", code, cwd=tmp_path).stdout.split())
        off = set(installed.run("python", "-c", code, cwd=tmp_path, **OFF).stdout.split())
        assert on == off
        with_it = installed.run("python", "-c", code, cwd=tmp_path).stdout.split()
        without = installed.run("python", "-S", "-c", code, cwd=tmp_path).stdout.split()
        assert {"freqgen", "typing", "argparse", "importlib", "pluggy"}.isdisjoint(
            set(with_it) - set(without)
        )

    def test_loads_no_freqgen_in_a_bot(self, installed, tmp_path):
        code = (
            "import sys; from freqtrade.commands import Arguments;"
            "Arguments(['trade']).get_parsed_arg();"
            "print([m for m in sys.modules if m.startswith(('freqgen', 'pluggy'))])"
        )
        assert installed.run("python", "-c", code, cwd=tmp_path).stdout == "[]\n"

    def test_the_wheel_has_it_at_its_root(self, installed):
        assert (installed.site_packages / "freqtrade_gen.pth").is_file()
        assert (installed.site_packages / "_freqtrade_gen.py").is_file()


class TestParsing:
    """The stub hands everything on, options in front of it too."""

    @pytest.fixture
    def parser(self, hook):
        parser = ArgumentParser(prog="freqtrade")
        parser.add_argument("-V", "--version", action="store_true")
        parser.add_subparsers(dest="command").add_parser("trade")
        hook.add_parser(parser)
        return parser

    @pytest.mark.parametrize(
        "rest",
        [
            [],
            ["--help"],
            ["-h"],
            ["--json", "list"],
            ["-V"],
            ["--version"],
            ["generate", "Buy when RSI(14) is below 30.", "-c", "a", "-c", "b"],
            ["-c", "x.json", "show", "--", "-x"],
            ["-1"],
            [""],
        ],
        ids=repr,
    )
    def test_verbatim(self, parser, hook, rest):
        args = vars(parser.parse_args(["gen", *rest]))
        assert args["freqgen_arguments"] == rest
        assert args["func"] is hook.start_gen
        assert not args["version"]

    def test_a_gen_of_freqtrade_s_own_would_win(self, hook, parser):
        before = parser.format_help()
        hook.add_parser(parser)
        assert parser.format_help() == before

    def test_returns_freqgen_s_exit_code(self, hook, capsys):
        assert hook.start_gen({"freqgen_arguments": ["nope"]}) == 2
        assert capsys.readouterr().err.startswith('freqtrade gen: error: there is no verb "nope"')


class TestFinder:
    """A broken hook must never break Freqtrade."""

    @pytest.fixture
    def finder(self, hook, monkeypatch):
        finder = hook.Finder()
        monkeypatch.setattr(sys, "meta_path", [finder])
        return finder

    def other(self, spec):
        return SimpleNamespace(find_spec=lambda name, path, target: spec)

    def test_cares_about_one_module(self, finder):
        assert finder.find_spec("freqtrade.commands") is None
        assert sys.meta_path == [finder]

    def test_works_once(self, hook, finder):
        assert finder.find_spec(hook.MODULE) is None
        assert sys.meta_path == []

    def test_changes_what_the_others_find(self, hook, finder):
        class Arguments:
            def _build_subcommands(self):
                self.parser = ArgumentParser()
                self.parser.add_subparsers()

        class Loader:
            def exec_module(self, module):
                module.Arguments = Arguments

        spec = ModuleSpec(hook.MODULE, Loader())
        sys.meta_path += [object(), self.other(None), self.other(spec)]
        assert finder.find_spec(hook.MODULE) is spec
        module = SimpleNamespace()
        spec.loader.exec_module(module)
        arguments = module.Arguments()
        arguments._build_subcommands()
        assert arguments.parser.parse_args(["gen", "--x"]).freqgen_arguments == ["--x"]

    def test_a_loader_that_cannot_be_changed_is_left_alone(self, hook, finder):
        spec = ModuleSpec(hook.MODULE, object())
        sys.meta_path.append(self.other(spec))
        assert finder.find_spec(hook.MODULE) is spec

    def test_a_freqtrade_that_changed_is_left_alone(self, hook):
        other = object()
        module = SimpleNamespace(Arguments=other)
        hook.add_subcommand_to(module)
        assert vars(module) == {"Arguments": other}

        class Arguments:
            def _build_subcommands(self):
                self.parser = None

        module = SimpleNamespace(Arguments=Arguments)
        hook.add_subcommand_to(module)
        arguments = Arguments()
        arguments._build_subcommands()
        assert vars(arguments) == {"parser": None}

    @pytest.mark.parametrize(
        ("value", "waits"), [("", True), ("0", True), ("1", False), ("yes", False)]
    )
    def test_the_switch(self, hook, monkeypatch, value, waits):
        monkeypatch.setenv(hook.SWITCH, value)
        monkeypatch.setattr(sys, "meta_path", [])
        monkeypatch.delitem(sys.modules, hook.MODULE, raising=False)
        hook.install()
        assert len(sys.meta_path) == waits

    def test_a_real_import_gets_it(self):
        code = (
            "import _freqtrade_gen, json; from freqtrade.commands import Arguments;"
            "print(json.dumps(Arguments(['gen', '--a', 'b']).get_parsed_arg()"
            "['freqgen_arguments']))"
        )
        env = {**os.environ, "PYTHONPATH": str(ROOT / "plugins")}
        env.pop("FREQGEN_NO_SUBCOMMAND", None)
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env=env, check=True
        )
        assert json.loads(done.stdout) == ["--a", "b"]
