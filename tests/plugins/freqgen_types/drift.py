"""What the type check relies on in Freqtrade, as it is installed.

``python -m tests.plugins.freqgen_types.drift`` writes it down anew, once somebody has looked at
what has changed.
"""

from __future__ import annotations

import inspect
import json
from pathlib import Path

FILE = Path(__file__).with_name("freqtrade_types.json")


def installed() -> dict[str, str]:
    """The types that Freqtrade declares for what strategies set and define, by name."""
    from freqtrade.strategy import IStrategy

    found = {
        name: str(declared)
        for name, declared in inspect.get_annotations(IStrategy).items()
        if not name.startswith("_")
    }
    for name, method in vars(IStrategy).items():
        if inspect.isfunction(method) and not name.startswith(("_", "ft_")):
            found[f"{name}()"] = str(inspect.signature(method))
    return found


def changes(before: dict[str, str], now: dict[str, str]) -> list[str]:
    """What differs, a line each."""
    lines = []
    for name in sorted(before.keys() | now.keys()):
        old, new = before.get(name), now.get(name)
        if old is None:
            lines.append(f"new: {name}: {new}")
        elif new is None:
            lines.append(f"gone: {name}: {old}")
        elif old != new:
            lines.append(f"changed: {name}: {old} is now {new}")
    return lines


def main() -> None:
    """Write it down."""
    FILE.write_text(json.dumps(installed(), indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
