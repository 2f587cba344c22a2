"""Writes ``startup_candle_count`` into the source of a strategy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def with_startup(source: str, class_name: str, count: int) -> str | None:
    """The same source with ``startup_candle_count`` set in its strategy.

    :returns: ``None`` if there is no such class, or its body is not one to write into.
    """
    import libcst as cst

    class Setter(cst.CSTTransformer):
        done = False

        def leave_ClassDef(  # noqa: N802  (libcst's name)
            self, original_node: cst.ClassDef, updated_node: cst.ClassDef
        ) -> cst.ClassDef:
            body = updated_node.body
            if original_node.name.value != class_name or not isinstance(body, cst.IndentedBlock):
                return updated_node
            self.done = True
            statements = list(body.body)
            for number, statement in enumerate(statements):
                if _sets(statement, "startup_candle_count"):
                    statements[number] = _with_value(statement, count)
                    return updated_node.with_changes(body=body.with_changes(body=statements))
            new = cst.parse_statement(f"startup_candle_count = {count}")
            statements.insert(_place(statements), new)
            return updated_node.with_changes(body=body.with_changes(body=statements))

    setter = Setter()
    try:
        fixed = cst.parse_module(source).visit(setter).code
    except (cst.ParserSyntaxError, RecursionError):
        return None
    return fixed if setter.done else None


def _targets(statement: Any) -> list[tuple[Any, str]]:
    """Simple statements of a line that give one name a value, with the name."""
    import libcst as cst

    found = []
    for part in (
        getattr(statement, "body", ()) if isinstance(statement, cst.SimpleStatementLine) else ()
    ):
        if isinstance(part, cst.Assign) and len(part.targets) == 1:
            target = part.targets[0].target
        elif isinstance(part, cst.AnnAssign) and part.value is not None:
            target = part.target
        else:
            continue
        if isinstance(target, cst.Name):
            found.append((part, target.value))
    return found


def _sets(statement: Any, name: str) -> bool:
    return any(found == name for _, found in _targets(statement))


def _with_value(statement: Any, count: int) -> Any:
    import libcst as cst

    value = cst.Integer(str(count))
    body = [
        part.with_changes(value=value)
        if any(
            part is found and name == "startup_candle_count" for found, name in _targets(statement)
        )
        else part
        for part in statement.body
    ]
    return statement.with_changes(body=body)


def _place(statements: Sequence[Any]) -> int:
    """After ``timeframe``; else before the first method, after the documentation."""
    import libcst as cst

    for number, statement in enumerate(statements):
        if _sets(statement, "timeframe"):
            return number + 1
    first = 0
    for number, statement in enumerate(statements):
        if not isinstance(statement, cst.SimpleStatementLine):
            break
        first = number + 1
    return first
