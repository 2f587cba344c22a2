"""The plugin host: guarded loading, ownership, and what asking for a missing thing says."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint, EntryPoints, PackageNotFoundError
from types import ModuleType, SimpleNamespace

import pytest

from freqgen.brief import Brief
from freqgen.exceptions import (
    BriefError,
    DuplicateNameError,
    PluginError,
    PluginLoadError,
    UsageError,
)
from freqgen.finding import Phase
from freqgen.hookspecs import hookimpl
from freqgen.plugin_loading import reason
from freqgen.plugins import PluginHost
from freqgen.settings import Settings
from freqgen.testing import ScriptedProvider


def a_plugin(name, **hooks):
    """A module of that name whose functions are hooks."""
    module = ModuleType(name)
    for hook, function in hooks.items():
        setattr(module, hook, hookimpl(function))
    return module


def registers(*items):
    """A hook that registers these objects."""

    def hook(register):
        for item in items:
            register(item)

    return hook


def a_validator(name, phase=Phase.STRUCTURE, codes=("XX1",)):
    return SimpleNamespace(name=name, phase=phase, codes=codes, check=lambda *_: ())


def a_builder(name, step="design"):
    return SimpleNamespace(name=name, step=step, build=lambda payload: payload)


class Load:
    """Loads hosts and keeps their warnings."""

    def __init__(self):
        self.warnings = []

    def __call__(self, *plugins, **keywords):
        return PluginHost.load(
            plugins=plugins, entry_points=False, warn=self.warnings.append, **keywords
        )


@pytest.fixture
def load():
    return Load()


class TestCollecting:
    def test_providers_are_found_by_name_with_their_owner(self, load):
        one = ScriptedProvider([], name="one")
        host = load(a_plugin("first", register_providers=registers(one)))
        assert host.provider("one") is one
        assert host.providers().owner("one") == "first"
        assert len(host.providers()) == 1

    def test_a_plugin_is_asked_once(self, load):
        asked = []

        def hook(register):
            asked.append(register)

        host = load(a_plugin("first", register_gates=hook))
        assert not host.gates()
        assert not host.gates()
        assert len(asked) == 1

    def test_builders_are_found_by_step_and_name(self, load):
        design, code = a_builder("default"), a_builder("default", "code")
        host = load(a_plugin("p", register_prompt_builders=registers(design, code)))
        assert host.prompt_builder("design") is design
        assert host.prompt_builder("code", "default") is code

    def test_validators_are_sorted_by_phase_then_code(self, load):
        host = load(
            a_plugin(
                "p",
                register_validators=registers(
                    a_validator("types", Phase.TYPES, ("A1",)),
                    a_validator("second", Phase.STRUCTURE, ("B2", "A0")),
                    a_validator("first", Phase.STRUCTURE, ("B1",)),
                    a_validator("parse", Phase.PARSE, ("Z1",)),
                ),
            )
        )
        assert list(host.validators()) == ["parse", "first", "second", "types"]
        assert host.validators().owner("types") == "p"

    def test_evaluators_gates_and_indicators_are_found(self, load):
        host = load(
            a_plugin(
                "p",
                register_evaluators=registers(SimpleNamespace(name="e", measure=print)),
                register_gates=registers(SimpleNamespace(name="g", judge=print)),
                register_indicators=registers(SimpleNamespace(name="I")),
            )
        )
        found = [list(r) for r in (host.evaluators(), host.gates(), host.indicators())]
        assert found == [["e"], ["g"], ["I"]]

    def test_an_object_can_be_a_plugin(self, load):
        class Plugin:
            @hookimpl
            def register_providers(self, register):
                register(ScriptedProvider([], name="one"))

        assert load(Plugin()).providers().owner("one") == "Plugin"


class TestNames:
    @pytest.mark.parametrize(
        ("hook", "first", "second", "kind", "name"),
        [
            pytest.param(
                "register_providers",
                ScriptedProvider([], name="one"),
                ScriptedProvider([], name="one"),
                "provider",
                "one",
                id="provider",
            ),
            pytest.param(
                "register_prompt_builders",
                a_builder("terse"),
                a_builder("terse"),
                "prompt builder",
                "design:terse",
                id="prompt-builder",
            ),
            pytest.param(
                "register_validators",
                a_validator("same", codes=("A1",)),
                a_validator("same", codes=("A2",)),
                "validator",
                "same",
                id="validator",
            ),
            pytest.param(
                "register_validators",
                a_validator("one", codes=("A1",)),
                a_validator("two", codes=("A2", "A1")),
                "finding code",
                "A1",
                id="finding-code",
            ),
        ],
    )
    def test_a_taken_name_fails_the_second_and_names_both(
        self, load, hook, first, second, kind, name
    ):
        host = load(
            a_plugin("early", **{hook: registers(first)}),
            a_plugin("late", **{hook: registers(second)}),
        )
        described = host.describe()
        (failed,) = host.failed
        error = failed.error
        assert isinstance(error, DuplicateNameError)
        assert (error.kind, error.name) == (kind, name)
        assert (error.first, error.second) == ("early", "late")
        assert "early" in str(error)
        assert "late" in str(error)
        assert [plugin.error == "" for plugin in described] == [True, False]

    def test_twice_in_one_plugin_is_a_duplicate_too(self, load):
        twin = ScriptedProvider([], name="one")
        host = load(a_plugin("p", register_providers=registers(twin, twin)))
        assert not host.providers()
        assert isinstance(host.failed[0].error, DuplicateNameError)

    def test_the_same_builder_name_for_two_steps_is_none(self, load):
        builders = registers(a_builder("default"), a_builder("default", "code"))
        assert len(load(a_plugin("p", register_prompt_builders=builders)).prompt_builders()) == 2


class TestShapes:
    @pytest.mark.parametrize(
        ("hook", "item", "complaint"),
        [
            pytest.param("register_gates", object(), "a gate without a name", id="no-name"),
            pytest.param(
                "register_gates", SimpleNamespace(name=" "), "without a name", id="blank-name"
            ),
            pytest.param(
                "register_gates", SimpleNamespace(name="g"), "no method `judge`", id="no-method"
            ),
            pytest.param(
                "register_evaluators",
                SimpleNamespace(name="e", measure=3),
                "no method `measure`",
                id="not-callable",
            ),
            pytest.param(
                "register_providers",
                SimpleNamespace(name="p", models=list, answer=print),
                "no attribute `deterministic`",
                id="no-attribute",
            ),
            pytest.param(
                "register_providers",
                ScriptedProvider([], name="a:b"),
                "a colon or a space",
                id="colon-in-a-provider",
            ),
            pytest.param(
                "register_prompt_builders",
                a_builder("b", "desing"),
                'for the step "desing"',
                id="unknown-step",
            ),
            pytest.param(
                "register_validators",
                a_validator("v", codes="XX1"),
                "has `codes` = 'XX1'",
                id="codes-are-a-text",
            ),
            pytest.param(
                "register_validators", a_validator("v", codes=()), "has `codes`", id="no-codes"
            ),
            pytest.param(
                "register_validators",
                a_validator("v", phase="structure"),
                "has `phase`",
                id="phase-is-a-text",
            ),
        ],
    )
    def test_what_is_misshapen_fails_its_plugin_and_no_other(self, load, hook, item, complaint):
        good = a_plugin("good", register_providers=registers(ScriptedProvider([], name="one")))
        host = load(a_plugin("bad", **{hook: registers(item)}), good)
        host.describe()
        (failed,) = host.failed
        assert failed.name == "bad"
        assert isinstance(failed.error, PluginError)
        assert complaint in str(failed.error)
        assert list(host.providers()) == ["one"]
        assert len(load.warnings) == 1


def raises(error):
    def hook(register):
        raise error

    return hook


class TestFailing:
    @pytest.mark.parametrize(
        ("error", "said"),
        [
            pytest.param(RuntimeError("broken\nmore"), "RuntimeError: broken", id="exception"),
            pytest.param(KeyError(), "KeyError", id="without-a-message"),
            pytest.param(SystemExit(3), "ended the program (SystemExit: 3)", id="exit"),
        ],
    )
    def test_an_exception_in_a_hook_fails_the_plugin(self, load, error, said):
        host = load(a_plugin("bad", register_providers=raises(error)))
        assert not host.providers()
        assert said in reason(error)
        assert load.warnings == [f'plugin "bad": {reason(error)}; it is not used']

    def test_ctrl_c_is_not_swallowed(self, load):
        host = load(a_plugin("slow", register_providers=raises(KeyboardInterrupt())))
        with pytest.raises(KeyboardInterrupt):
            host.providers()

    def test_nothing_of_a_failed_plugin_is_used(self, load):
        host = load(
            a_plugin(
                "bad",
                register_providers=registers(ScriptedProvider([], name="one")),
                register_gates=raises(RuntimeError("broken")),
            )
        )
        assert list(host.providers()) == ["one"]
        assert not host.gates()
        assert not host.providers()

    def test_an_unknown_hook_is_refused_with_the_nearest(self, load):
        host = load(a_plugin("typo", register_provider=registers()))
        assert "no hook `register_provider`; the nearest is `register_providers`" in str(
            host.failed[0]
        )

    def test_two_unknown_hooks_fail_a_plugin_once(self, load):
        host = load(a_plugin("typo", register_provider=registers(), zzz=registers()))
        assert len(host.failed) == 1

    def test_an_unknown_argument_is_refused(self, load):
        def hook(registrar):
            return None

        host = load(a_plugin("typo", register_providers=hook))
        assert host.failed[0].name == "typo"
        assert "registrar" in str(host.failed[0].error)

    def test_a_wrapper_is_refused(self, load):
        module = ModuleType("wrapping")
        module.register_gates = hookimpl(wrapper=True)(lambda register: (yield))
        assert "no wrappers" in str(load(module).failed[0])

    def test_warnings_go_to_stderr_by_default(self, capsys):
        host = PluginHost.load(
            plugins=[a_plugin("bad", register_gates=raises(RuntimeError("broken")))],
            entry_points=False,
        )
        host.gates()
        host.gates()
        out, err = capsys.readouterr()
        assert out == ""
        expected = 'freqgen: warning: plugin "bad": RuntimeError: broken; it is not used\n'
        assert err == expected


class TestAsking:
    def test_an_unknown_provider_is_told_the_nearest(self, load):
        provider = ScriptedProvider([], name="offline")
        host = load(a_plugin("p", register_providers=registers(provider)))
        with pytest.raises(UsageError, match='no provider "ofline"') as raised:
            host.provider("ofline")
        assert raised.value.hint == "there is offline"

    def test_with_no_provider_at_all_it_points_to_list_plugins(self, load):
        with pytest.raises(UsageError) as raised:
            load().provider("offline")
        assert "list-plugins" in raised.value.hint

    def test_a_failed_plugin_of_that_name_is_the_reason(self, load):
        host = load(
            a_plugin("other", register_providers=raises(RuntimeError("other reason"))),
            a_plugin("anthropic", register_providers=raises(ImportError("no module named x"))),
        )
        with pytest.raises(PluginLoadError, match="ImportError: no module named x") as raised:
            host.provider("anthropic")
        assert "other reason" not in str(raised.value)

    def test_any_failed_plugin_may_have_had_it(self, load):
        host = load(a_plugin("bad", register_providers=raises(RuntimeError("broken"))))
        with pytest.raises(PluginLoadError, match='plugin "bad": RuntimeError: broken'):
            host.provider("mistral")

    def test_a_disabled_plugin_is_the_reason(self, load):
        host = load(
            a_plugin("local", register_providers=registers(ScriptedProvider([], name="local"))),
            disabled=["local"],
        )
        with pytest.raises(UsageError, match='the plugin "local" is disabled'):
            host.provider("local")

    def test_an_unknown_builder_is_named_with_its_step(self, load):
        host = load(a_plugin("p", register_prompt_builders=registers(a_builder("default"))))
        with pytest.raises(UsageError, match='no prompt builder "defautl" for the step design'):
            host.prompt_builder("design", "defautl")


class TestEntryPoints:
    """Installed plugins, as importlib.metadata reports them."""

    @pytest.fixture
    def installed(self, monkeypatch):
        """Install plugins as pairs of distribution and entry point."""

        def install(*pairs):
            found = []
            for distribution, name, module in pairs:
                entry = EntryPoint(name=name, value=f"installed_{name}", group="freqgen")
                if module is not None:
                    monkeypatch.setitem(sys.modules, entry.value, module)
                dist = SimpleNamespace(name=distribution, version="1.2")
                vars(entry)["dist"] = dist
                found.append(entry)

            def distribution_of(wanted):
                its = [entry for entry in found if entry.dist.name == wanted]
                if not its:
                    raise PackageNotFoundError(wanted)
                return SimpleNamespace(entry_points=EntryPoints(its))

            monkeypatch.setattr("importlib.metadata.distribution", distribution_of)
            monkeypatch.setattr(
                "importlib.metadata.entry_points",
                lambda group: EntryPoints(found).select(group=group),
            )

        return install

    def test_ours_come_first_then_by_name(self, installed):
        installed(
            ("stranger", "b", a_plugin("b")),
            ("stranger", "a", a_plugin("a")),
            ("freqtrade-freqgen", "z", a_plugin("z")),
        )
        host = PluginHost.load(warn=str)
        assert [plugin.name for plugin in host.describe()] == ["z", "a", "b"]
        assert host.describe()[1].distribution == "stranger"
        assert host.describe()[1].version == "1.2"

    def test_a_plugin_that_cannot_be_imported_stops_nothing_else(self, installed):
        good = a_plugin("good", register_providers=registers(ScriptedProvider([], name="one")))
        installed(("broken-dist", "broken", None), ("good-dist", "good", good))
        warnings = []
        host = PluginHost.load(warn=warnings.append)
        assert list(host.providers()) == ["one"]
        (failed,) = host.failed
        assert (failed.name, failed.distribution) == ("broken", "broken-dist 1.2")
        assert isinstance(failed.error, ImportError)
        assert warnings == [f"{failed}; it is not used"]
        assert "ModuleNotFoundError" in {p.name: p.error for p in host.describe()}["broken"]

    def test_two_distributions_with_one_plugin_name(self, installed):
        installed(
            ("alpha", "same", a_plugin("same", register_gates=registers())),
            ("beta", "same", a_plugin("same")),
        )
        host = PluginHost.load(warn=str)
        first, second = host.describe()
        assert (first.distribution, first.error) == ("alpha", "")
        assert second.distribution == "beta"
        assert 'the plugin name "same" is already that of alpha 1.2' in second.error

    def test_a_disabled_plugin_is_not_even_imported(self, installed):
        installed(("broken-dist", "broken", None))
        host = PluginHost.load(["broken"], warn=str)
        (plugin,) = host.describe()
        assert plugin.disabled
        assert not plugin.error
        assert not host.failed


class TestOtherHooks:
    def test_text_is_a_brief_if_no_plugin_knows_better(self, load):
        host = load(a_plugin("p", load_brief=lambda source, settings: None))
        assert host.load_brief(" buy ", Settings()) is None

    def test_the_plugin_loaded_last_is_asked_first(self, load):
        asked = []

        def reads(name, answer):
            def load_brief(source):
                asked.append(name)
                return answer

            return load_brief

        brief = Brief.from_text("from a file")
        host = load(
            a_plugin("one", load_brief=reads("one", brief)),
            a_plugin("two", load_brief=reads("two", None)),
        )
        assert host.load_brief("idea.md", Settings()) is brief
        assert asked == ["two", "one"]

    def test_our_errors_pass_and_others_are_named(self, load):
        def refuses(source):
            raise BriefError("no entry rule")

        def breaks(source):
            raise ZeroDivisionError("oops")

        with pytest.raises(BriefError, match="no entry rule"):
            load(a_plugin("p", load_brief=refuses)).load_brief("x", Settings())
        with pytest.raises(PluginError, match=r'"p" failed to read the brief: ZeroDivisionError'):
            load(a_plugin("p", load_brief=breaks)).load_brief("x", Settings())

    def test_observers_see_everything_and_cannot_stop_anything(self, load):
        seen = []

        def breaks(reply):
            raise RuntimeError("observer")

        def stored(record):
            seen.append(record)

        host = load(
            a_plugin("broken", reply_received=breaks),
            a_plugin(
                "watching",
                reply_received=lambda prompt, reply: seen.append((prompt, reply)),
                record_stored=stored,
            ),
        )
        host.reply_received("prompt", "reply")
        host.reply_received("prompt", "reply")
        host.record_stored("record")
        assert seen == [("prompt", "reply"), ("prompt", "reply"), "record"]
        assert load.warnings == ['plugin "broken" failed in reply_received: RuntimeError: observer']
        assert not host.failed

    def test_a_broken_command_fails_its_plugin_only(self, load):
        added = []

        def breaks(subparsers):
            raise RuntimeError("broken")

        def adds(subparsers):
            added.append(subparsers)

        host = load(
            a_plugin("bad", register_commands=breaks),
            a_plugin("good", register_commands=adds),
        )
        host.commands(lambda owner: f"subparsers of {owner}")
        assert added == ["subparsers of good"]
        assert [failed.name for failed in host.failed] == ["bad"]

    def test_describe_names_everything(self, load):
        def commands(subparsers):
            subparsers.add_parser("count", help="x")

        host = load(
            a_plugin(
                "all",
                register_providers=registers(ScriptedProvider([], name="one")),
                register_commands=commands,
                record_stored=lambda record: None,
            ),
            a_plugin("bad", register_commands=lambda subparsers: 1 / 0),
        )
        host_all = host.describe()[0]
        assert dict(host_all.registers) == {
            "provider": ("one",),
            "command": ("count",),
            "hook": ("record_stored",),
        }
        assert host.failed[0].name == "bad"


def test_two_hosts_share_nothing(load):
    load(a_plugin("p", register_providers=registers(ScriptedProvider([], name="one"))))
    assert not load().providers()
