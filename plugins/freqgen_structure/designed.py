"""What a design says that its code can be compared with."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from freqgen_structure.attribute_places import Binding, bindings

if TYPE_CHECKING:
    from collections.abc import Collection

    from freqgen import CheckedDesign, Design, ValidationContext
    from freqgen_structure.source import Source

_NAME = re.compile(r"[A-Za-z]\w*(?:\.\w+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A column that rules of the design need.

    :param name: What the rules call it, as in ``bb.lower``.
    :param indicator: The id of its indicator.
    :param written: Names that the column may have where it is computed.
    :param read: Names that it may have in the base candles.
    """

    name: str
    indicator: str
    written: frozenset[str]
    read: frozenset[str]


def checked(design: Design | None, context: ValidationContext) -> CheckedDesign | None:
    """The design with its names resolved; ``None`` if there is none or it is faulty."""
    from freqgen import DesignError, check_design

    if design is None:
        return None
    try:
        return check_design(design, context.catalogue)
    except DesignError:
        return None  # said where the design was read; the code can still be checked


def wanted_columns(design: Design | None, context: ValidationContext) -> list[Wanted]:
    """The columns that the rules and the target of a design read."""
    resolved = checked(design, context)
    if resolved is None or design is None:
        return []
    rules = [*design.entry_long, *design.exit_long, *design.entry_short, *design.exit_short]
    if design.risk.target:
        rules.append(design.risk.target)
    named = {name for rule in rules for name in _NAME.findall(rule)}
    found = []
    for bound in resolved.indicators:
        for output, name in bound.names.items():
            if name in named:
                column = bound.columns[output]
                found.append(
                    Wanted(
                        name=name,
                        indicator=bound.spec.id,
                        written=frozenset({column, bound.base_column(output)}),
                        read=frozenset({column, bound.base_column(output)}),
                    )
                )
    return found


def design_modules(design: Design | None, context: ValidationContext) -> frozenset[str]:
    """Modules that the code of a design's indicators imports, as their plugins declare it."""
    resolved = checked(design, context)
    if resolved is None:
        return frozenset()
    modules: set[str] = set()
    for bound in resolved.indicators:
        code = bound.indicator.code(
            columns=bound.columns, params=bound.params, sources=bound.sources
        )
        for statement in code.imports:
            for node in ast.walk(ast.parse(statement)):
                if isinstance(node, ast.Import):
                    modules.update(alias.name for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    modules.add(node.module)
                    modules.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(modules)


def set_attributes(source: Source, names: Collection[str]) -> list[Binding]:
    """Every place that sets one of some attributes of the strategy, or of a base of it here."""
    tree = source.reading.tree
    if tree is None:
        return []
    return bindings(tree, {node.name.value for node in source.lineage}, names)
