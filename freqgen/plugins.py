"""The host of all plugins: loads each one guarded and collects what it registers, by owner.

A plugin that cannot be loaded stops nothing else. It is warned of once, ``freqgen
list-plugins`` shows it with its error, and only asking for what it would have provided is an
error. There is no global host: whoever needs one loads one.

This module lies on the way to ``freqgen --help``, so it imports pluggy and little else.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

import pluggy

from freqgen import hookspecs, registry
from freqgen.discovery import OWN_DISTRIBUTION, installed_plugins, label_of, origin_of
from freqgen.exceptions import FreqgenException, PluginError, PluginLoadError, UsageError
from freqgen.registry import Registry

if TYPE_CHECKING:
    from importlib.metadata import Distribution

    from pluggy import HookImpl

    from freqgen.brief import Brief
    from freqgen.design.indicators import Indicator
    from freqgen.evaluation.evaluator import Evaluator
    from freqgen.evaluation.gate import Gate
    from freqgen.generation.prompt import Prompt, PromptBuilder
    from freqgen.generation.provider import Provider, Reply
    from freqgen.settings import Settings
    from freqgen.store.record import Record
    from freqgen.validation.validator import Validator

_JUDGING = (registry.VALIDATOR, registry.EVALUATOR, registry.GATE)

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedPlugin:
    """A plugin that cannot be used.

    :param distribution: Name and version of the package it came in; empty for an object.
    :param hook: The hook in which it failed; empty where it could not even be loaded.
    """

    name: str
    distribution: str
    error: BaseException
    hook: str = ""

    def __str__(self) -> str:
        origin = f" of {self.distribution}" if self.distribution else ""
        return f'plugin "{self.name}"{origin}: {reason(self.error)}'


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginInfo:
    """What ``freqgen list-plugins`` says of one plugin.

    :param version: Of the distribution; empty for an object.
    :param registers: Names by kind, as in ``{"provider": ("offline",)}``; ``hook`` names the
        hooks that register nothing.
    :param error: Why it cannot be used; empty if it can.
    :param disabled: Whether the settings switch it off.
    """

    name: str
    distribution: str
    version: str
    registers: Mapping[str, tuple[str, ...]]
    error: str = ""
    disabled: bool = False


class PluginHost:
    """All plugins of one run. Make one with :meth:`load`."""

    def __init__(self, *, warn: Callable[[str], None] | None = None) -> None:
        self.failed: list[FailedPlugin] = []
        self.disabled: list[str] = []
        self._warn = warn or _print_warning
        self._warned: set[str] = set()
        self._broken: set[str] = set()
        self._collected: dict[str, list[registry.Entry]] = {}
        self._names: list[str] = []
        self.installed_only = False
        """Whether another process that looks for installed plugins would find the same."""
        # Reading a distribution's metadata takes longer than loading a plugin of ours, and is
        # needed for messages only.
        self._sources: dict[str, Distribution | None] = {}
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)

    @classmethod
    def load(
        cls,
        disabled: Iterable[str] = (),
        plugins: Iterable[object] = (),
        *,
        entry_points: bool = True,
        warn: Callable[[str], None] | None = None,
    ) -> PluginHost:
        """Load all installed plugins, except those that are disabled.

        :param disabled: Names of plugins to leave out.
        :param plugins: Further modules or objects to use as plugins, as tests do. An object's
            name is its attribute ``plugin_name``, else its ``__name__``, else its class's.
        :param entry_points: Whether to look for installed ones.
        :param warn: Told of each plugin that fails, once; writes to stderr by default.
        """
        host = cls(warn=warn)
        switched_off = set(disabled)
        plugins = tuple(plugins)
        host.installed_only = entry_points and not plugins
        if entry_points:
            for entry in installed_plugins():
                host._add(entry.name, entry.load, switched_off, entry.dist)
        for plugin in plugins:
            host._add(_name_of(plugin), partial(_same, plugin), switched_off, None)
        host._refuse_unknown_hooks()
        host._manager.check_pending()
        return host

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all plugins, disabled and failed ones too, in the order of loading."""
        return tuple(self._names)

    def _add(
        self,
        name: str,
        load: Callable[[], object],
        switched_off: set[str],
        distribution: Distribution | None,
    ) -> None:
        if name in self._sources:
            taken = label_of(self._sources[name]) or "another object"
            error = PluginError(
                f'the plugin name "{name}" is already that of {taken}',
                hint="rename its entry point, or uninstall one of the two",
            )
            self._fail(name, error, twin=label_of(distribution))
            return
        self._names.append(name)
        self._sources[name] = distribution
        if name in switched_off:
            self.disabled.append(name)
            return
        try:
            plugin = load()
            self._manager.register(plugin, name=name)
        except (Exception, SystemExit) as exc:  # noqa: BLE001  (a stranger's code)
            self._fail(name, exc)
            return
        for impl in self._implementations_of(name):
            if impl.hookwrapper or impl.wrapper:
                self._fail(name, PluginError("wraps a hook; freqgen's hooks take no wrappers"))
                return

    def _refuse_unknown_hooks(self) -> None:
        for hook_name in list(vars(self._manager.hook)):
            caller = getattr(self._manager.hook, hook_name)
            if hook_name.startswith("_") or caller.has_spec():
                continue
            for impl in caller.get_hookimpls():
                if not impl.optionalhook:
                    near = _nearest(hook_name, _hook_names())
                    self._fail(
                        impl.plugin_name,
                        PluginError(f"there is no hook `{hook_name}`{near}"),
                    )

    def _fail(
        self, name: str, error: BaseException, *, twin: str | None = None, hook: str = ""
    ) -> None:
        """Take a plugin out, remember why, and say so once.

        :param hook: Where it failed, if that was in a hook.
        :param twin: Where a plugin comes from whose name another one has, which stays.
        """
        if twin is None:
            if name in self._broken:
                return
            self._broken.add(name)
            self._manager.unregister(name=name)
        origin = label_of(self._sources[name]) if twin is None else twin
        failed = FailedPlugin(name=name, distribution=origin, error=error, hook=hook)
        self.failed.append(failed)
        self._warn_once(f"{failed}; it is not used")

    def _warn_once(self, message: str) -> None:
        if message not in self._warned:
            self._warned.add(message)
            self._warn(message)

    def _implementations(self, hook: str) -> list[HookImpl]:
        """The implementations of one hook, in the order of loading."""
        return list(getattr(self._manager.hook, hook).get_hookimpls())

    def _implementations_of(self, plugin: str) -> list[HookImpl]:
        found = self._manager.get_plugin(plugin)
        callers = self._manager.get_hookcallers(found) if found is not None else None
        return [
            impl
            for caller in callers or []
            for impl in caller.get_hookimpls()
            if impl.plugin_name == plugin
        ]

    # What plugins register ---------------------------------------------------------------

    def _registry(self, kind: registry.Kind) -> Registry[Any]:
        """What all plugins register for one hook; each plugin is asked once."""
        if kind.name not in self._collected:
            collection = registry.Collection(kind)
            for impl in self._implementations(kind.hook):
                try:
                    collection.gather(impl.plugin_name, partial(_call_register, impl))
                except (Exception, SystemExit) as exc:  # noqa: BLE001  (a stranger's code)
                    self._fail(impl.plugin_name, exc, hook=kind.hook)
            self._collected[kind.name] = collection.entries
        # A plugin may have failed in another hook since; then nothing of it is used.
        entries = [e for e in self._collected[kind.name] if e[2] not in self._broken]
        return Registry(kind.name, entries)

    def providers(self) -> Registry[Provider]:
        """All providers, by name."""
        return self._registry(registry.PROVIDER)

    def prompt_builders(self) -> Registry[PromptBuilder]:
        """All prompt builders, by step and name with a colon between, as in ``design:default``."""
        return self._registry(registry.PROMPT_BUILDER)

    def validators(self) -> Registry[Validator]:
        """All validators by name, sorted by phase and then by their first code."""
        found: Registry[Validator] = self._registry(registry.VALIDATOR)
        ordered = sorted(found, key=lambda name: (found[name].phase.order, found[name].codes[0]))
        return Registry(found.kind, [(name, found[name], found.owner(name)) for name in ordered])

    def evaluators(self) -> Registry[Evaluator]:
        """All evaluators, by name."""
        return self._registry(registry.EVALUATOR)

    def gates(self) -> Registry[Gate]:
        """All gates, by name."""
        return self._registry(registry.GATE)

    def indicators(self) -> Registry[Indicator]:
        """All indicators that plugins add to the catalogue, by name."""
        return self._registry(registry.INDICATOR)

    def provider(self, name: str) -> Provider:
        """The provider of that name.

        :raises PluginLoadError: If there is none and a plugin that failed may have had it.
        :raises UsageError: If there is none; names the nearest ones.
        """
        return self._pick(self.providers(), name, f'there is no provider "{name}"')

    def prompt_builder(self, step: str, name: str = "default") -> PromptBuilder:
        """The builder of that name for the step ``design``, ``code`` or ``repair``.

        :raises PluginLoadError: If there is none and a plugin that failed may have had it.
        :raises UsageError: If there is none; names the nearest ones.
        """
        return self._pick(
            self.prompt_builders(),
            f"{step}:{name}",
            f'there is no prompt builder "{name}" for the step {step}',
        )

    def _pick(self, items: Registry[T], name: str, message: str) -> T:
        if name in items:
            return items[name]
        same = [plugin for plugin in self.failed if plugin.name in name.split(":")]
        broken = same or self.failed
        if broken:
            raise PluginLoadError(
                f"{message}, but plugins failed to load: " + "; ".join(map(str, broken)),
                hint="freqgen list-plugins shows every plugin with its error",
            )
        if name in self.disabled:
            raise UsageError(
                f'{message}: the plugin "{name}" is disabled',
                hint=f'take "{name}" out of "disabled_plugins" in the freqgen section',
            )
        from difflib import get_close_matches

        near = get_close_matches(name, list(items), n=1)
        names = [*near, *(other for other in items if other not in near)]
        more = ", …" if len(names) > 8 else ""
        hint = "there is " + ", ".join(names[:8]) + more if names else ""
        hint = hint or "freqgen list-plugins shows all plugins"
        raise UsageError(message, hint=hint)

    def failed_judges(self) -> list[FailedPlugin]:
        """Plugins that failed while they registered what checks, measures or judges strategies.

        What they would have said is not known, so nothing should be allowed without them.
        """
        for kind in _JUDGING:
            self._registry(kind)  # asks those that were not asked yet
        hooks = {kind.hook for kind in _JUDGING}
        return [plugin for plugin in self.failed if plugin.hook in hooks]

    @contextmanager
    def guarded(self, items: Registry[T], name: str) -> Iterator[None]:
        """Say which plugin is to blame for what one of its objects raises.

        freqgen's own plugins are not guarded: what fails in them is a bug of freqgen.

        :raises PluginError: In place of any exception but freqgen's own.
        """
        try:
            yield
        except FreqgenException:
            raise
        except Exception as exc:
            owner = items.owner(name)
            distribution, _ = origin_of(self._sources[owner])
            if distribution == OWN_DISTRIBUTION:
                raise
            logging.getLogger(__name__).info("in plugin %s:", owner, exc_info=exc)
            raise PluginError(
                f'the {items.kind} "{name}" of plugin "{owner}" failed: {reason(exc)}',
                hint="-v shows where; tell its author, or leave it out: "
                f'"freqgen": {{"disabled_plugins": ["{owner}"]}}',
            ) from exc

    # Other hooks -------------------------------------------------------------------------

    def commands(self, subparsers_of: Callable[[str], Any]) -> None:
        """Let every plugin add its subcommands.

        :param subparsers_of: Gives the object with ``add_parser`` that the plugin of that
            name is to get.
        """
        for impl in self._implementations("register_commands"):
            try:
                _call(impl, {"subparsers": subparsers_of(impl.plugin_name)})
            except (Exception, SystemExit) as exc:  # noqa: BLE001  (a stranger's code)
                self._fail(impl.plugin_name, exc)

    def load_brief(self, source: str, settings: Settings) -> Brief | None:
        """Turn what the user gave into a brief; ``None`` if no plugin knows how.

        :raises BriefError: If a plugin finds nothing in it.
        :raises PluginError: If a plugin broke while reading it.
        """
        for impl in reversed(self._implementations("load_brief")):
            try:
                brief = _call(impl, {"source": source, "settings": settings})
            except FreqgenException:
                raise
            except Exception as exc:
                raise PluginError(
                    f'plugin "{impl.plugin_name}" failed to read the brief: {reason(exc)}',
                    hint=f'disable it: "freqgen": {{"disabled_plugins": ["{impl.plugin_name}"]}}',
                ) from exc
            if brief is not None:
                return cast("Brief", brief)
        return None

    def reply_received(self, prompt: Prompt, reply: Reply) -> None:
        """Show a reply to all observers; one that fails is warned of."""
        self._observe("reply_received", {"prompt": prompt, "reply": reply})

    def record_stored(self, record: Record) -> None:
        """Show a stored record to all observers; one that fails is warned of."""
        self._observe("record_stored", {"record": record})

    def _observe(self, hook: str, arguments: Mapping[str, Any]) -> None:
        for impl in self._implementations(hook):
            try:
                _call(impl, arguments)
            except (Exception, SystemExit) as exc:  # noqa: BLE001  (a stranger's code)
                self._warn_once(f'plugin "{impl.plugin_name}" failed in {hook}: {reason(exc)}')

    # For list-plugins --------------------------------------------------------------------

    def describe(self) -> tuple[PluginInfo, ...]:
        """Every plugin with what it registers, or why it cannot be used."""
        registries = [self._registry(kind) for kind in registry.KINDS]
        commands = self._command_names()
        errors = {
            plugin.name: reason(plugin.error) for plugin in self.failed if not self._is_twin(plugin)
        }
        described = []
        for name in self._names:
            registers = {r.kind: r.of(name) for r in registries if r.of(name)}
            if commands.get(name):
                registers["command"] = commands[name]
            others = tuple(
                hook
                for hook in ("load_brief", "reply_received", "record_stored")
                if any(impl.plugin_name == name for impl in self._implementations(hook))
            )
            if others:
                registers["hook"] = others
            distribution, version = origin_of(self._sources[name])
            # If it is not broken, a second plugin of the same name is.
            error = errors[name] if name in self._broken else ""
            described.append(
                PluginInfo(
                    name=name,
                    distribution=distribution,
                    version=version,
                    registers={} if error else registers,
                    error=error,
                    disabled=name in self.disabled,
                )
            )
        return (*described, *self._twins())

    def _is_twin(self, failed: FailedPlugin) -> bool:
        """Whether a failed plugin has the name of one that came before it."""
        return label_of(self._sources[failed.name]) != failed.distribution

    def _twins(self) -> Iterator[PluginInfo]:
        for failed in filter(self._is_twin, self.failed):
            distribution, _, version = failed.distribution.partition(" ")
            yield PluginInfo(
                name=failed.name,
                distribution=distribution,
                version=version,
                registers={},
                error=reason(failed.error),
            )

    def _command_names(self) -> dict[str, tuple[str, ...]]:
        import argparse

        subparsers = argparse.ArgumentParser().add_subparsers()
        names: dict[str, tuple[str, ...]] = {}
        for impl in self._implementations("register_commands"):
            before = set(subparsers.choices)
            try:
                _call(impl, {"subparsers": subparsers})
            except (Exception, SystemExit) as exc:  # noqa: BLE001  (a stranger's code)
                self._fail(impl.plugin_name, exc)
            names[impl.plugin_name] = tuple(n for n in subparsers.choices if n not in before)
        return names


def expect(value: object, kind: type[T]) -> T:
    """What a plugin returned, if it is what was agreed.

    :raises TypeError: If it is something else; within :meth:`PluginHost.guarded`, a sentence.
    """
    if not isinstance(value, kind):
        raise TypeError(f"it returned {value!r:.60} where a {kind.__name__} was expected")
    return value


def reason(error: BaseException) -> str:
    """An exception as one line: its class, unless it is our own, and the message's first line."""
    if isinstance(error, SystemExit):
        return f"it ended the program (SystemExit: {error.code})"
    text = str(error).strip().splitlines()
    message = text[0] if text else ""
    if isinstance(error, FreqgenException):
        return message
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def _print_warning(message: str) -> None:
    print(f"freqgen: warning: {message}", file=sys.stderr)  # noqa: T201  (no logging yet)


def _same(plugin: object) -> object:
    return plugin


def _call_register(impl: HookImpl, register: Callable[[Any], None]) -> None:
    _call(impl, {"register": register})


def _name_of(plugin: object) -> str:
    named = getattr(plugin, "plugin_name", None) or getattr(plugin, "__name__", None)
    return str(named or type(plugin).__name__)


def _hook_names() -> list[str]:
    return [name for name in vars(hookspecs) if hasattr(vars(hookspecs)[name], "freqgen_spec")]


def _nearest(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, list(known), n=1)
    return f"; the nearest is `{near[0]}`" if near else ""


def _call(impl: HookImpl, arguments: Mapping[str, Any]) -> Any:
    """Call one implementation with those arguments that it takes."""
    return impl.function(*(arguments[name] for name in impl.argnames))
