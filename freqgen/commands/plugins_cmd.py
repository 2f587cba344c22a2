"""``freqgen list-plugins``."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from freqgen.configuration import find_config_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from freqgen.commands.context import CommandContext
    from freqgen.plugins import PluginInfo


def add_commands(subparsers: Any) -> None:
    """Add the verb."""
    parser = subparsers.add_parser(
        "list-plugins",
        group="Look around",
        help="show every plugin, what it provides, and any that failed to load",
    )
    parser.set_defaults(run=list_plugins)


def list_plugins(args: Namespace, context: CommandContext) -> int:
    """Show every plugin. A plugin that failed is part of the answer, not an error.

    :raises SettingsError: If a configuration, which may disable plugins, cannot be used.
    """
    if find_config_files(args.config, args.user_data_dir):
        context.workspace()
    plugins = context.host.describe()
    data = {
        "plugins": [
            {
                "name": plugin.name,
                "distribution": plugin.distribution or None,
                "version": plugin.version or None,
                "registers": plugin.registers,
                "disabled": plugin.disabled,
                "error": plugin.error or None,
            }
            for plugin in plugins
        ]
    }
    context.emit(data, lambda console: _print(console, plugins))
    return 0


def _print(console: Console, plugins: Sequence[PluginInfo]) -> None:
    from rich.text import Text

    if not plugins:
        console.print("No plugins are installed.")
    for plugin in plugins:
        origin = f"  {plugin.distribution} {plugin.version}".rstrip()
        console.print(Text.assemble((plugin.name, "bold"), (origin, "dim")))
        if plugin.error:
            console.print(Text(f"  failed: {plugin.error}", style="red"))
        elif plugin.disabled:
            console.print("  disabled")
        elif not plugin.registers:
            console.print("  registers nothing")
        for kind, names in plugin.registers.items():
            many = kind if len(names) == 1 else f"{kind}s"
            console.print(Text(f"  {many}: {', '.join(names)}"), soft_wrap=True)
