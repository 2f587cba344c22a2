"""Edits that need more than one node: imports, statements and attributes of the strategy.

All of them are changes of text, so that comments and layout around them stay as they are.
"""

from __future__ import annotations

import io
import tokenize
from typing import TYPE_CHECKING

import libcst as cst

from freqgen import Edit
from freqgen_structure.nodes import dotted

if TYPE_CHECKING:
    from freqgen_structure.source import Source


def needed_module(source: Source, module: str, alias: str = "") -> tuple[str, tuple[Edit, ...]]:
    """The name that a module has in the file, and the edit that imports it if it has none.

    :param alias: The name that it is to get, as in ``import numpy as np``.
    """
    for statement in _imports(source):
        for small in statement.body:
            if isinstance(small, cst.Import):
                for item in small.names:
                    if dotted(item.name) == module and (item.asname or "." not in module):
                        return _bound(item), ()
    text = f"import {module} as {alias}" if alias and alias != module else f"import {module}"
    return alias or module, (_import_at(source, text),)


def needed_name(source: Source, module: str, name: str) -> tuple[str, tuple[Edit, ...]]:
    """What ``name`` of a module is called in the file, and the edit that imports it.

    A name is put into the brackets of the import of its module that is there.
    """
    same: cst.ImportFrom | None = None
    for statement in _imports(source):
        for small in statement.body:
            if not isinstance(small, cst.ImportFrom) or small.relative or small.module is None:
                continue
            if dotted(small.module) != module:
                continue
            if isinstance(small.names, cst.ImportStar):
                return name, ()
            for item in small.names:
                if item.name.value == name:
                    return _bound(item), ()
            same = small
    if same is not None and not isinstance(same.names, cst.ImportStar):
        _, end = source.span(same.names[-1])
        # The position of an alias takes in the comma behind it, if there is one.
        comma = source.text[:end].rstrip().endswith(",")
        return name, (Edit(start=end, end=end, text=f" {name}" if comma else f", {name}"),)
    return name, (_import_at(source, f"from {module} import {name}"),)


def without_statement(source: Source, statement: cst.SimpleStatementLine) -> Edit:
    """The edit that takes a line out; ``pass`` stands for it where its block would be empty."""
    start, end = source.span(statement)
    block = source.parent(statement)
    alone = isinstance(block, cst.IndentedBlock) and len(block.body) == 1
    if alone:
        return Edit(start=start, end=end, text="pass")
    begin = source.text.rfind("\n", 0, start) + 1
    line_end = source.text.find("\n", end)
    behind = source.text[end : line_end if line_end >= 0 else len(source.text)]
    if "#" in behind:  # the comment stays
        return Edit(start=start, end=end + len(behind) - len(behind.lstrip()), text="")
    return Edit(start=begin, end=line_end + 1 if line_end >= 0 else len(source.text), text="")


def without_argument(source: Source, call: cst.Call, arg: cst.Arg) -> tuple[Edit, ...]:
    """The edit that takes a keyword argument out of a call, with the comma that parts it.

    Nothing where a comment stands between it and the others.
    """
    if arg.keyword is None or not isinstance(arg.value, cst.Name):
        return ()
    text = source.text
    start, end = source.span(arg.keyword)[0], source.span(arg.value)[1]
    before = text[:start].rstrip()
    if before.endswith(","):
        return (Edit(start=len(before) - 1, end=end, text=""),)
    behind = text[end:].lstrip()
    if len(call.args) > 1 and arg is call.args[0] and behind.startswith(","):
        rest = behind[1:].lstrip()
        if not rest.startswith("#"):
            return (Edit(start=start, end=len(text) - len(rest), text=""),)
    return ()


def with_attribute(source: Source, name: str, value: str) -> tuple[Edit, ...]:
    """The edit that sets an attribute in the body of the strategy class.

    An attribute that is there gets the value; else a line is added, after the attributes at the
    top of the class. Nothing where there is no strategy, or its body is on the class's line.
    """
    there = source.attributes.get(name)
    if there is not None:
        start, end = source.span(there[1])
        return (Edit(start=start, end=end, text=value),)
    strategy = source.strategy
    if strategy is None or not isinstance(strategy.body, cst.IndentedBlock):
        return ()
    last: cst.SimpleStatementLine | None = None
    for statement in strategy.body.body:
        if isinstance(statement, cst.SimpleStatementLine):
            last = statement
        else:
            break
    if last is None:
        first = strategy.body.body[0]
        top: cst.CSTNode = first
        if isinstance(first, cst.FunctionDef | cst.ClassDef) and first.decorators:
            top = first.decorators[0]
        start, _ = source.span(top)
        begin = source.text.rfind("\n", 0, start) + 1
        indent = source.text[begin:start]
        return (Edit(start=begin, end=begin, text=f"{indent}{name} = {value}\n\n"),)
    return _line_behind(source, last, f"{name} = {value}")


def _bound(item: cst.ImportAlias) -> str:
    if item.asname is not None and isinstance(item.asname.name, cst.Name):
        return item.asname.name.value
    return dotted(item.name) or ""


def _imports(source: Source) -> list[cst.SimpleStatementLine]:
    """The import statements at the top level of the file."""
    return [
        statement
        for statement in source.module.body
        if isinstance(statement, cst.SimpleStatementLine)
        and statement.body
        and isinstance(statement.body[0], cst.Import | cst.ImportFrom)
    ]


def _import_at(source: Source, text: str) -> Edit:
    """An import statement after the imports at the top, else after the docstring."""
    found = _imports(source)
    body = source.module.body
    if found:
        _, end = source.span(found[-1])
    elif (
        body
        and isinstance(body[0], cst.SimpleStatementLine)
        and isinstance(body[0].body[0], cst.Expr)
    ):
        _, end = source.span(body[0])
    else:
        start = source.span(body[0])[0] if body else 0
        start = source.text.rfind("\n", 0, start) + 1
        return Edit(start=start, end=start, text=f"{text}\n")
    line_end = source.text.find("\n", end)
    at = line_end if line_end >= 0 else len(source.text)
    return Edit(start=at, end=at, text=f"\n{text}")


def at_end_of(source: Source, function: cst.FunctionDef, text: str) -> tuple[Edit, ...]:
    """The edit that adds a statement as the last one of a function.

    Nothing where the function's body is on the line of its ``def``.
    """
    if not isinstance(function.body, cst.IndentedBlock) or not function.body.body:
        return ()
    return _line_behind(source, function.body, text)


def _line_behind(source: Source, node: cst.CSTNode, text: str) -> tuple[Edit, ...]:
    """The edit that adds a line behind a node, as far in; nothing where others begin its line."""
    start, end = source.span(node)
    begin = source.text.rfind("\n", 0, start) + 1
    indent = source.text[begin:start]
    if indent.strip():
        return ()
    line_end = source.text.find("\n", end)
    at = line_end if line_end >= 0 else len(source.text)
    return (Edit(start=at, end=at, text=f"\n{indent}{text}"),)


def renamed_local(
    source: Source, function: cst.FunctionDef, old: str, new: str
) -> tuple[Edit, ...]:
    """The edits that rename a parameter of a function wherever the function reads it.

    Nothing where ``new`` means something else in there.
    """
    edits = []
    for name in source.below(function, cst.Name):
        parent = source.parent(name)
        if isinstance(parent, cst.Attribute) and parent.attr is name:
            continue
        if isinstance(parent, cst.Arg) and parent.keyword is name:
            continue
        bound = isinstance(parent, cst.Param | cst.AssignTarget | cst.AnnAssign)
        if name.value == new and bound:
            return ()
        if name.value == old:
            start, end = source.span(name)
            edits.append(Edit(start=start, end=end, text=new))
    return tuple(edits)


def without_decorator(source: Source, decorator: cst.Decorator) -> Edit:
    """The edit that takes a decorator out, with its line."""
    start, end = source.span(decorator)
    begin = source.text.rfind("\n", 0, start) + 1
    line_end = source.text.find("\n", end)
    return Edit(start=begin, end=line_end + 1 if line_end >= 0 else len(source.text), text="")


def with_parameter(source: Source, function: cst.FunctionDef, text: str) -> tuple[Edit, ...]:
    """The edit that adds a parameter behind all others, such as ``**kwargs``."""
    start, _ = source.span(function.name)
    found = _last_token(source.text[start:])
    if found is None or function.params.star_kwarg is not None:
        return ()
    at, last, alone = start + found[0], found[1], found[2]
    if last == "(":
        return (Edit(start=at, end=at, text=text),)
    if last != ",":
        return (Edit(start=at, end=at, text=f", {text}"),)
    begin = source.text.rfind("\n", 0, at) + 1
    line = source.text[begin:at]
    indent = line[: len(line) - len(line.lstrip())]
    if not alone:
        return (Edit(start=at, end=at, text=f" {text},"),)
    line_end = source.text.find("\n", at)
    return (Edit(start=line_end, end=line_end, text=f"\n{indent}{text},"),)


def _last_token(text: str) -> tuple[int, str, bool] | None:
    """The last token within the first brackets of a text.

    :returns: Where it ends, what it is, and whether the bracket closes on a later line.
    """
    starts = [0, *(i + 1 for i, c in enumerate(text) if c == "\n")]
    depth = 0
    last: tokenize.TokenInfo | None = None
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in {tokenize.COMMENT, tokenize.NL}:
                continue
            if token.string in {")", "]", "}"} and token.type == tokenize.OP:
                depth -= 1
                if depth == 0 and last is not None:
                    end = starts[last.end[0] - 1] + last.end[1]
                    return end, last.string, token.start[0] > last.end[0]
            elif token.string in {"(", "[", "{"} and token.type == tokenize.OP:
                depth += 1
            last = token
    except (tokenize.TokenError, SyntaxError):
        return None
    return None


def renamed_text(source: Source, node: cst.CSTNode, text: str) -> tuple[Edit, ...]:
    """The edit that writes ``text`` into a string literal, between its own quotes."""
    if not isinstance(node, cst.SimpleString):
        return ()
    start, end = source.span(node)
    return (Edit(start=start, end=end, text=f"{node.prefix}{node.quote}{text}{node.quote}"),)


def with_argument(source: Source, call: cst.Call, text: str) -> tuple[Edit, ...]:
    """The edit that adds an argument behind all others of a call."""
    start = source.span(call.func)[1]
    found = _last_token(source.text[start:])
    if found is None or any(arg.star == "**" for arg in call.args):
        return ()
    at, last, alone = start + found[0], found[1], found[2]
    if last == "(":
        return (Edit(start=at, end=at, text=text),)
    if last != ",":
        return (Edit(start=at, end=at, text=f", {text}"),)
    if not alone:
        return (Edit(start=at, end=at, text=f" {text}"),)
    begin = source.text.rfind("\n", 0, at) + 1
    line = source.text[begin:at]
    indent = line[: len(line) - len(line.lstrip())]
    line_end = source.text.find("\n", at)
    return (Edit(start=line_end, end=line_end, text=f"\n{indent}{text},"),)
