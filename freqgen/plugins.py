"""The host of all plugins: collects what each of them registers, by owner, and calls their hooks.

How they are loaded is in :mod:`freqgen.plugin_loading`. ``freqgen list-plugins`` shows one that
failed with its error, and only asking for what it would have provided is an error. There is no
global host: whoever needs one loads one.

This module lies on the way to ``freqgen --help``, so it imports pluggy and little else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

from freqgen import registry
from freqgen.discovery import OWN_DISTRIBUTION, label_of, origin_of
from freqgen.exceptions import FreqgenException, PluginError, PluginLoadError, UsageError
from freqgen.plugin_loading import FailedPlugin, LoadedPlugins, reason
from freqgen.registry import Registry

if TYPE_CHECKING:
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


class PluginHost(LoadedPlugins):
    """All plugins of one run. Make one with :meth:`load`."""

    def __init__(self, *, warn: Callable[[str], None] | None = None) -> None:
        super().__init__(warn=warn)
        self._collected: dict[str, list[registry.Entry]] = {}

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


def _call_register(impl: HookImpl, register: Callable[[Any], None]) -> None:
    _call(impl, {"register": register})


def _call(impl: HookImpl, arguments: Mapping[str, Any]) -> Any:
    """Call one implementation with those arguments that it takes."""
    return impl.function(*(arguments[name] for name in impl.argnames))
