"""Finds installed plugins, and says where they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import Distribution, EntryPoint

ENTRY_POINTS = "freqgen"
"""The entry-point group in which a distribution names its plugins."""

OWN_DISTRIBUTION = "freqtrade-freqgen"
"""Its plugins are loaded first, so that a stranger cannot take one of their names."""


def origin_of(distribution: Distribution | None) -> tuple[str, str]:
    """Name and version; empty for an object that no distribution brought."""
    return (distribution.name, distribution.version) if distribution else ("", "")


def label_of(distribution: Distribution | None) -> str:
    """Name and version in one text, as messages have them."""
    return " ".join(origin_of(distribution)).strip()


def installed_plugins() -> list[EntryPoint]:
    """All entry points of our group: our own first, then by name and distribution."""
    from importlib.metadata import PackageNotFoundError, distribution, entry_points

    try:
        own = list(distribution(OWN_DISTRIBUTION).entry_points.select(group=ENTRY_POINTS))
    except PackageNotFoundError:
        own = []
    others = list(entry_points(group=ENTRY_POINTS))
    for entry in own:
        if entry in others:
            others.remove(entry)

    def order(entry: EntryPoint) -> tuple[str, str]:
        return (entry.name, label_of(entry.dist))

    return sorted(own, key=lambda entry: entry.name) + sorted(others, key=order)
