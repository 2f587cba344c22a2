"""What the installed libraries offer: which names there are, and how functions are called.

Libraries are read as text and not imported, wherever their text says enough: importing Freqtrade
takes seconds. NumPy, pandas and TA-Lib, which are not all Python, are asked by importing them,
when a draft first uses them; see :mod:`freqgen_structure.imported`.
"""

from __future__ import annotations

import ast
import importlib.util
import threading
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from inspect import Parameter, Signature
from pathlib import Path

READ = ("technical", "pandas_ta", "freqtrade")
"""Packages that are read as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function or method of a library.

    :param taken: Keywords that the function takes out of its ``**kwargs`` by name.
    :param passes: Whether it hands its ``**kwargs`` on, so that others may be known as well.
    """

    name: str
    signature: Signature
    taken: frozenset[str] = frozenset()
    passes: bool = False
    static: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """A class of a library, as far as its own body shows it.

    :param bases: The names of its bases as they are written.
    :param attributes: Everything that its body or its methods set, methods included.
    """

    name: str
    module: str
    bases: tuple[str, ...]
    methods: Mapping[str, Function]
    attributes: frozenset[str]


@dataclass(slots=True, kw_only=True)
class Module:
    """A module as its text shows it.

    :param elsewhere: Names that it has from other modules: module and name there.
    :param open: Whether there may be names that the text does not show.
    """

    path: str
    functions: dict[str, Function] = field(default_factory=dict)
    classes: dict[str, Class] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)
    elsewhere: dict[str, tuple[str, str]] = field(default_factory=dict)
    open: bool = False

    @property
    def names(self) -> frozenset[str]:
        """Every name of the module."""
        return frozenset({*self.functions, *self.classes, *self.others, *self.elsewhere})


class Installed:
    """Reads modules of the installed packages, each once."""

    def __init__(self) -> None:
        self._modules: dict[str, Module | None] = {}
        self._lock = threading.RLock()

    def module(self, path: str) -> Module | None:
        """A module of one of the packages in :data:`READ`; ``None`` where it is not there."""
        with self._lock:
            if path not in self._modules:
                self._modules[path] = None  # where modules import each other in a circle
                file = _file(path)
                self._modules[path] = self._read(path, file) if file is not None else None
            return self._modules[path]

    def member(self, module: str, name: str) -> Function | Class | None:
        """A function or a class that a module has, wherever it is written."""
        for _ in range(10):
            found = self.module(module)
            if found is None:
                return None
            if name in found.functions:
                return found.functions[name]
            if name in found.classes:
                return found.classes[name]
            if name not in found.elsewhere:
                return None
            module, name = found.elsewhere[name]
        return None

    def lacks(self, module: str, name: str) -> bool:
        """Whether a module is installed and certainly has no such name."""
        found = self.module(module)
        if found is None or found.open or name in found.names or name.startswith("__"):
            return False
        return _file(f"{module}.{name}") is None

    def _read(self, path: str, file: Path) -> Module | None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # such as backslashes that mean nothing
                tree = ast.parse(file.read_bytes())
        except (OSError, SyntaxError, ValueError, RecursionError):
            return None
        module = Module(path=path)
        package = path if file.name == "__init__.py" else path.rpartition(".")[0]
        for node in _statements(tree.body):
            self._statement(module, package, node)
        return module

    def _statement(self, module: Module, package: str, node: ast.stmt) -> None:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                if name == "__getattr__":
                    module.open = True
                plain = not node.decorator_list
                if plain:
                    module.functions[name] = _function(node)
                else:
                    module.functions.pop(name, None)
                    module.others.add(name)
            case ast.ClassDef(name=name):
                module.classes[name] = _class(node, module.path)
            case ast.Import():
                for item in node.names:
                    module.others.add(item.asname or item.name.partition(".")[0])
            case ast.ImportFrom():
                self._import_from(module, package, node)
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.For() | ast.With():
                for inner in ast.walk(node):
                    if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                        module.functions.pop(inner.id, None)
                        module.others.add(inner.id)

    def _import_from(self, module: Module, package: str, node: ast.ImportFrom) -> None:
        origin = node.module or ""
        if node.level:
            up = package.split(".")[: len(package.split(".")) - node.level + 1]
            origin = ".".join([*up, *([node.module] if node.module else [])])
        known = origin.partition(".")[0] in READ
        if origin.startswith(f"{package}."):  # a submodule that was imported is a name as well
            module.others.add(origin.removeprefix(f"{package}.").partition(".")[0])
        for item in node.names:
            if item.name != "*":
                name = item.asname or item.name
                if known:
                    module.elsewhere[name] = (origin, item.name)
                else:
                    module.others.add(name)
                continue
            found = self.module(origin) if known else None
            if found is None:
                module.open = True
                continue
            module.open = module.open or found.open
            for name in found.names:
                if not name.startswith("_"):
                    module.elsewhere.setdefault(name, (origin, name))


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a module, those under conditions included."""
    for node in body:
        yield node
        match node:
            case ast.If():
                yield from _statements([*node.body, *node.orelse])
            case ast.Try():
                handlers = [one for handler in node.handlers for one in handler.body]
                yield from _statements([*node.body, *handlers, *node.orelse, *node.finalbody])


def _file(path: str) -> Path | None:
    """The file of a module, found without importing anything."""
    top, *rest = path.split(".")
    if top not in READ:
        return None
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return None
    if spec is None:
        return None
    for folder in map(Path, spec.submodule_search_locations or ()):
        place = folder.joinpath(*rest)
        for file in (place / "__init__.py", place.with_suffix(".py")):
            if file.is_file() and (rest or file.name == "__init__.py"):
                return file
    return None


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Function:
    given = node.args
    parameters: list[Parameter] = []
    positional = [*given.posonlyargs, *given.args]
    without = len(positional) - len(given.defaults)
    for number, arg in enumerate(positional):
        only = number < len(given.posonlyargs)
        parameters.append(
            Parameter(
                arg.arg,
                Parameter.POSITIONAL_ONLY if only else Parameter.POSITIONAL_OR_KEYWORD,
                default=Parameter.empty if number < without else None,
            )
        )
    if given.vararg is not None:
        parameters.append(Parameter(given.vararg.arg, Parameter.VAR_POSITIONAL))
    for arg, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        empty = Parameter.empty if default is None else None
        parameters.append(Parameter(arg.arg, Parameter.KEYWORD_ONLY, default=empty))
    taken: set[str] = set()
    passes = False
    if given.kwarg is not None:
        parameters.append(Parameter(given.kwarg.arg, Parameter.VAR_KEYWORD))
        taken, passes = _kwargs_of(node, given.kwarg.arg)
    return Function(
        name=node.name,
        signature=Signature(parameters),
        taken=frozenset(taken),
        passes=passes,
        static=any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in node.decorator_list),
    )


def _kwargs_of(node: ast.AST, name: str) -> tuple[set[str], bool]:
    """The keywords that a function takes out of its ``**kwargs``, and whether these go on."""
    taken: set[str] = set()
    passes = False
    for inner in ast.walk(node):
        match inner:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=base), attr="pop" | "get" | "setdefault"),
                args=[ast.Constant(value=str(key)), *_],
            ) if base == name:
                taken.add(key)
            case ast.Subscript(value=ast.Name(id=base), slice=ast.Constant(value=str(key))):
                if base == name:
                    taken.add(key)
            case ast.Compare(left=ast.Constant(value=str(key)), comparators=[ast.Name(id=base)]):
                if base == name:
                    taken.add(key)
            case ast.Call(keywords=keywords):
                passes = passes or any(
                    k.arg is None and isinstance(k.value, ast.Name) and k.value.id == name
                    for k in keywords
                )
    return taken, passes


def _class(node: ast.ClassDef, module: str) -> Class:
    methods: dict[str, Function] = {}
    attributes: set[str] = set()
    for statement in _statements(node.body):
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                attributes.add(name)
                kinds = {getattr(d, "id", None) for d in statement.decorator_list}
                if kinds <= {"staticmethod", "classmethod"}:
                    methods[name] = _function(statement)
            case ast.ClassDef(name=name):
                attributes.add(name)
            case ast.Assign() | ast.AnnAssign():
                for inner in ast.walk(statement):
                    if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                        attributes.add(inner.id)
    for inner in ast.walk(node):
        match inner:
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name, ctx=ast.Store()):
                attributes.add(name)
    return Class(
        name=node.name,
        module=module,
        bases=tuple(ast.unparse(base) for base in node.bases),
        methods=methods,
        attributes=frozenset(attributes),
    )


INSTALLED = Installed()
"""The packages of this environment; what was read of them is kept while the process lives."""
