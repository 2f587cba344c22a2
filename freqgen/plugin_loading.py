"""Loads plugins, each guarded: one that cannot be loaded stops nothing else.

It is warned of once, and what it would have provided is missing until somebody asks for it.
This module lies on the way to ``freqgen --help``, so it imports pluggy and little else.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Self

import pluggy

from freqgen import hookspecs
from freqgen.discovery import installed_plugins, label_of
from freqgen.exceptions import FreqgenException, PluginError

if TYPE_CHECKING:
    from importlib.metadata import Distribution

    from pluggy import HookImpl


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


class LoadedPlugins:
    """The plugins of one run: those that work, those that failed, those left out."""

    def __init__(self, *, warn: Callable[[str], None] | None = None) -> None:
        self.failed: list[FailedPlugin] = []
        self.disabled: list[str] = []
        self._warn = warn or _print_warning
        self._warned: set[str] = set()
        self._broken: set[str] = set()
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
    ) -> Self:
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


def _name_of(plugin: object) -> str:
    named = getattr(plugin, "plugin_name", None) or getattr(plugin, "__name__", None)
    return str(named or type(plugin).__name__)


def _hook_names() -> list[str]:
    return [name for name in vars(hookspecs) if hasattr(vars(hookspecs)[name], "freqgen_spec")]


def _nearest(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, list(known), n=1)
    return f"; the nearest is `{near[0]}`" if near else ""
