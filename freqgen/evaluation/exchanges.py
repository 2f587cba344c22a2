"""Which exchanges ccxt knows, by the names of its files: importing it takes a second."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from freqgen.exceptions import UsageError


@cache
def known_exchanges() -> frozenset[str]:
    """Names of exchanges; none if ccxt lies where files cannot be listed."""
    spec = find_spec("ccxt")
    folders = spec.submodule_search_locations if spec else None
    return frozenset(
        file.stem
        for folder in folders or ()
        for file in Path(folder).glob("*.py")
        if file.stem.isalnum()
    )


def check_exchange(name: str) -> None:
    """Refuse the name of an exchange that does not exist.

    :raises UsageError: Naming the nearest.
    """
    known = known_exchanges()
    if not known or name.lower() in known:
        return
    near = get_close_matches(name.lower(), sorted(known), n=1)
    raise UsageError(
        f'there is no exchange "{name}"',
        hint=f"the nearest is {near[0]}"
        if near
        else 'set "exchange": {"name": "binance"}, or another that freqtrade list-exchanges names',
    )
