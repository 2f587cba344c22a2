"""``freqgen doctor``: what this machine has, what holds on it, and what to do about the rest."""

from __future__ import annotations

import platform
import sys
from argparse import Namespace
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from freqgen.commands.context import CommandContext
    from freqgen.sandbox.level import Protection
    from freqgen.settings import Workspace

_VERSIONS = ("freqtrade-freqgen", "freqtrade", "TA-Lib", "pandas", "numpy", "mypy", "libcst")
_SHOWN = 8


class Health(StrEnum):
    """How something is."""

    FINE = "fine"
    LACKING = "lacking"
    """freqgen works, with less."""
    BROKEN = "broken"
    """Something that was asked for does not work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at.

    :param says: What it is, in a sentence.
    :param advice: What to do about it; empty where nothing is.
    """

    name: str
    health: Health
    says: str
    advice: str = ""

    def to_dict(self) -> dict[str, str]:
        """All fields as JSON values."""
        return {
            "name": self.name,
            "health": self.health.value,
            "says": self.says,
            "advice": self.advice,
        }


def add_commands(subparsers: Any) -> None:
    """Add the verb."""
    parser = subparsers.add_parser(
        "doctor",
        group="Look around",
        help="show what this machine has, how well its sandbox holds, and what to do about it",
    )
    parser.set_defaults(run=doctor)


def doctor(args: Namespace, context: CommandContext) -> int:  # noqa: ARG001
    """Look at everything; what is lacking is part of the answer, not an error.

    :raises SettingsError: If the configuration cannot be used.
    """
    from freqgen.sandbox.level import probe

    held = probe()
    checks = [_sandbox(held), *_plugins(context), *_market(context.workspace())]
    versions = {name: _version(name) for name in _VERSIONS}
    data = {
        "sandbox": held.to_dict(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": versions,
        "checks": [check.to_dict() for check in checks],
    }

    def show(console: Console) -> None:
        from rich.text import Text

        installed = ", ".join(f"{name} {version}" for name, version in versions.items() if version)
        console.print(
            Text(f"{platform.platform()}, Python {data['python']}\n{installed}", style="dim"),
            soft_wrap=True,
        )
        styles = {Health.FINE: "green", Health.LACKING: "yellow", Health.BROKEN: "red"}
        for check in checks:
            console.print(
                Text.assemble(
                    (f"  {check.health.value:<8}", styles[check.health]),
                    f"{check.name}: {check.says}",
                ),
                soft_wrap=True,
            )
            if check.advice:
                console.print(Text(f"          {check.advice}", style="dim"), soft_wrap=True)

    context.emit(data, show)
    return 0


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _sandbox(held: Protection) -> Check:
    from freqgen.sandbox.level import Level

    says = {
        Level.FULL: "full: no files but its own, no network, no processes, by Landlock "
        f"{held.landlock} and seccomp",
        Level.STRONG: f"strong: {held.reason}",
        Level.PARTIAL: f"partial: {held.reason}",
        Level.NONE: f"none: {held.reason}",
    }[held.level]
    advice = {
        Level.FULL: "",
        Level.STRONG: "strategies are run; a kernel of 6.12 or newer holds them by both",
        Level.PARTIAL: "strategies are read and not run, unless --accept-partial is given; "
        "a kernel of 6.2 or newer is enough",
        Level.NONE: _without_linux()
        if sys.platform != "linux"
        else "strategies are read and not run, but for what freqgen compiles itself; Linux 6.2 "
        "or newer with Landlock and seccomp is enough, in a virtual machine as well",
    }[held.level]
    fine = held.level in {Level.FULL, Level.STRONG}
    health = Health.FINE if fine else Health.LACKING
    return Check(name="sandbox", health=health, says=says, advice=advice)


def _without_linux() -> str:
    return (
        "strategies are read (freqgen validate --static) and not run; run freqgen in a "
        "Linux container (docker run --network none --read-only) or virtual machine"
    )


def _plugins(context: CommandContext) -> Iterator[Check]:
    failed = [plugin for plugin in context.host.describe() if plugin.error]
    for plugin in failed:
        yield Check(
            name=f"plugin {plugin.name}",
            health=Health.BROKEN,
            says=str(plugin.error),
            advice=f'reinstall it, or disable it: "freqgen": {{"disabled_plugins": '
            f'["{plugin.name}"]}}',
        )
    if not failed:
        count = sum(not plugin.disabled for plugin in context.host.describe())
        yield Check(name="plugins", health=Health.FINE, says=f"{count} are loaded")


def _market(workspace: Workspace) -> Iterator[Check]:
    from freqgen.evaluation.candles import all_pairs
    from freqgen.evaluation.markets import MarketTable

    mode = str(workspace.config.get("trading_mode", "spot"))
    form = str(workspace.config.get("dataformat_ohlcv", "feather"))
    exchange = str(workspace.config.get("exchange", {}).get("name", "binance"))
    pairs = all_pairs(workspace.datadir, mode, data_format=form)
    more = f" and {len(pairs) - _SHOWN} more" if len(pairs) > _SHOWN else ""
    if pairs:
        says = f"of {', '.join(pairs[:_SHOWN])}{more} in {workspace.datadir}"
        yield Check(name="candles", health=Health.FINE, says=says)
    else:
        yield Check(
            name="candles",
            health=Health.LACKING,
            says=f"none in {workspace.datadir}",
            advice=f"freqtrade download-data --exchange {exchange} --pairs BTC/USDT ETH/USDT "
            "--timeframes 1h --days 365 gets some; --demo needs none",
        )
    table = MarketTable.path(workspace.user_data_dir, exchange, mode)
    if table.is_file():
        yield Check(name="markets", health=Health.FINE, says=f"{exchange}'s are stored")
    else:
        yield Check(
            name="markets",
            health=Health.LACKING,
            says="precisions, limits and fees are assumed",
            advice=f"freqgen download-markets stores those of {exchange}",
        )
