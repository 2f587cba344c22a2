"""Whether a callback can be called the way Freqtrade calls it: with keywords."""

from __future__ import annotations

import ast


def superclass_parameters(hint: str, name: str) -> list[str] | None:
    """The parameters after ``self`` that Freqtrade gives, from mypy's note."""
    for line in hint.splitlines():
        if line.strip().startswith(f"def {name}("):
            try:
                tree = ast.parse(f"{line.strip()}: ...")
            except SyntaxError:
                return None
            function = tree.body[0]
            if isinstance(function, ast.FunctionDef):
                return [a.arg for a in (*function.args.args, *function.args.kwonlyargs)][1:]
    return None


def callable_with(method: ast.FunctionDef, given: list[str]) -> bool:
    """Whether a method can be called with ``given`` as keywords."""
    arguments = method.args
    static = any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in method.decorator_list)
    positional = [*arguments.posonlyargs, *arguments.args]
    names = [a.arg for a in positional] + [a.arg for a in arguments.kwonlyargs]
    names = names if static else names[1:]
    if arguments.posonlyargs[1:]:
        return False
    optional = {a.arg for a in positional[len(positional) - len(arguments.defaults) :]}
    optional |= {
        a.arg
        for a, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if default is not None
    }
    if any(name not in given and name not in optional for name in names):
        return False
    return arguments.kwarg is not None or set(given) <= set(names)
