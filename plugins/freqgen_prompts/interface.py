"""The strategy interface of the Freqtrade that is installed, as its source has it.

It is read and not imported: importing ``freqtrade.strategy`` takes seconds, and prompts are
worded in runs that otherwise need none of it. A test holds what is read against ``inspect``.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_GIVEN = ("dp", "wallets", "stake_currency", "market_direction")
"""Attributes that Freqtrade sets and a strategy reads."""

_OLD = ("DEPRECATED", "*Only functional with FreqAI")
"""How the docstrings of methods begin that no new strategy needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """What a strategy may define.

    :param version: Freqtrade's.
    :param methods: Signatures such as ``leverage(self, pair: str, **kwargs) -> float``, in the
        order of the source.
    :param attributes: Attributes such as ``can_short: bool = False``, in the same order.
    """

    version: str
    methods: tuple[str, ...]
    attributes: tuple[str, ...]


@cache
def interface() -> Interface:
    """Read the interface.

    :raises OSError: If Freqtrade is installed without its source.
    :raises LookupError: If the source has no class of that name.
    """
    import freqtrade

    file = Path(freqtrade.__file__).parent / "strategy" / "interface.py"
    return read_interface(file.read_text(encoding="utf-8"), freqtrade.__version__)


def read_interface(source: str, version: str) -> Interface:
    """The interface in the source of ``freqtrade.strategy.interface``.

    :raises LookupError: If there is no class ``IStrategy`` in it.
    """
    classes = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    found = [node for node in classes if node.name == "IStrategy"]
    if not found:
        raise LookupError("freqtrade.strategy.interface has no class IStrategy")
    body = found[0].body
    return Interface(
        version=version,
        methods=tuple(
            _signature(node)
            for node in body
            if isinstance(node, ast.FunctionDef) and _may_be_defined(node)
        ),
        attributes=tuple(
            ast.unparse(node)
            for node in body
            if isinstance(node, ast.AnnAssign)
            and isinstance(node.target, ast.Name)
            and not node.target.id.startswith("_")
            and node.target.id not in _GIVEN
        ),
    )


def _may_be_defined(node: ast.FunctionDef) -> bool:
    """Whether Freqtrade means a method for strategies to define, as far as it shows.

    Callbacks take ``**kwargs``, since later versions may pass more; the others are few.
    """
    words = (ast.get_docstring(node) or "").lstrip()
    if node.name.startswith(("_", "ft_")) or words.startswith(_OLD):
        return False
    return (
        node.args.kwarg is not None
        or (node.name.startswith("populate_") and len(node.args.args) == 3)
        or node.name in {"informative_pairs", "version"}
    )


def _signature(node: ast.FunctionDef) -> str:
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"{node.name}({ast.unparse(node.args)}){returns}"
