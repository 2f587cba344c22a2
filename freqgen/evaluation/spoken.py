"""Holds what a worker says of a strategy against what is written in its file.

Code is not run to see it: only what the class states plainly is compared, a literal value or a
method by its name. A strategy that says something else when it runs has changed the process that
speaks for it.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable

from freqgen.evaluation.callbacks import CALLBACKS, OLDER_NAMES
from freqgen.evaluation.declared import ATTRIBUTES, Declared
from freqgen.evaluation.overrides import UNSAID, class_attributes
from freqgen.evaluation.summary import plain


def contradiction(
    source: str, name: str, declared: Declared, configured: Collection[str] = ()
) -> str | None:
    """What a declaration says otherwise than the file, in a few words.

    :param name: The strategy's class.
    :param declared: What its worker said.
    :param configured: Attributes that the configuration replaces.
    :returns: ``None`` if nothing does, or if the file cannot be read.
    """
    try:
        written = class_attributes(source, name)
        methods = _methods(source, name)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None  # what does not parse did not load either
    for attribute, value in written.items():
        # What holds several settings gets Freqtrade's own beside them when it is loaded.
        several = isinstance(value, dict) and attribute != "minimal_roi"
        if attribute not in ATTRIBUTES or value is UNSAID or several:
            continue
        if attribute not in declared.own:
            continue
        if plain(value) != declared.own[attribute] and not _same_flag(value, declared, attribute):
            return f"{attribute} is {value!r} in the file and {declared.own[attribute]!r} when run"
        used = declared.attributes.get(attribute, value)
        scalar = isinstance(value, bool | int | float | str) and attribute not in configured
        if scalar and used != value and bool(used) != value:
            return f"{attribute} is {value!r} in the file and {used!r} when run"
    for callback in CALLBACKS:
        known = {callback, *OLDER_NAMES.get(callback, ())}
        if known & methods and callback not in declared.callbacks:
            return f"{callback} is in the file and not there when run"
    return None


def _same_flag(value: object, declared: Declared, attribute: str) -> bool:
    """Whether a flag was written as a number, as some strategies do."""
    return declared.own[attribute] == bool(value) and isinstance(value, bool | int)


def _methods(source: str, name: str) -> set[str]:
    bodies: Iterable[ast.stmt] = (
        statement
        for node in ast.parse(source).body
        if isinstance(node, ast.ClassDef) and node.name == name
        for statement in node.body
    )
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {statement.name for statement in bodies if isinstance(statement, kinds)}
