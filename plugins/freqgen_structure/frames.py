"""Where the dataframes of a file go, as far as one can follow them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from freqgen_structure.columns import CANDLES, columns_of
from freqgen_structure.nodes import decorators, dotted, text_of
from freqgen_structure.signatures import POPULATE, dataframe_parameter, informative_calls

if TYPE_CHECKING:
    from freqgen_structure.source import Source

# Functions that read candles, or columns that they are told by name, and keep nothing.
_LIBRARIES = ("talib.", "technical.", "freqtrade.vendor.")
_BUILTINS = frozenset("len print isinstance bool id".split())
# Methods whose result has the frame's columns, each made of itself alone.
_KEEPING = frozenset(
    "copy fillna ffill groupby head tail reset_index astype round replace infer_objects "
    "squeeze".split()
)
_PLAIN = frozenset("shape index empty size ndim".split())
_LOCATORS = frozenset("loc at iloc".split())
# Methods of IStrategy that compute the columns of the strategy.
_COMPUTING = frozenset(
    "advise_all_indicators advise_entry advise_exit advise_indicators analyze analyze_pair "
    "analyze_ticker".split()
)
_MOST_PASSES = 20


class Frames:
    """The names that may hold a frame or a row of one, and what is done with them.

    :param first: A name that holds one.
    :ivar opaque: Whether a frame goes where it cannot be followed, or columns are taken out of
        it without being named.
    :ivar computed: The expressions that columns are taken by, where they are no plain text.
    """

    def __init__(self, source: Source, first: str) -> None:
        self.source = source
        self.opaque = False
        self.computed: list[cst.BaseExpression] = []
        self._functions: dict[str, list[cst.FunctionDef]] = {}
        for function in source.all(cst.FunctionDef):
            self._functions.setdefault(function.name.value, []).append(function)
        self._written = {use.name for use in columns_of(source).writes} | CANDLES
        self._names = {first, *self._given()}
        self._givers: set[str] = set()
        for _ in range(_MOST_PASSES):
            before = len(self._names), len(self._givers)
            self.computed.clear()
            self._follow()
            if self.opaque or before == (len(self._names), len(self._givers)):
                return
        self.opaque = True

    def _given(self) -> set[str]:
        """Parameters that a frame is handed to by Freqtrade, or that are called like one."""
        names: set[str] = set()
        for function in self.source.all(cst.FunctionDef):
            if function.name.value in POPULATE or informative_calls(self.source, function):
                names.add(dataframe_parameter(function) or "dataframe")
        for param in self.source.all(cst.Param):
            annotation = param.annotation.annotation if param.annotation else None
            typed = dotted(annotation) or text_of(annotation) or "" if annotation else ""
            if param.name.value in {"dataframe", "df"} or "DataFrame" in typed:
                names.add(param.name.value)
        return names

    def _follow(self) -> None:
        for name in self.source.all(cst.Name):
            if name.value in self._names and self._is_expression(name):
                self._use(name)
        for call in self.source.all(cst.Call):
            if self._called(call) in self._givers:
                self._use(call)
        for attribute in self.source.all(cst.Attribute):
            if attribute.attr.value == "get_analyzed_dataframe":
                self._analysed(attribute)
            elif attribute.attr.value in _COMPUTING:
                self.opaque = True

    def _is_expression(self, name: cst.Name) -> bool:
        """Whether a name is read, and is not a parameter, a keyword, an attribute or bound."""
        parent = self.source.parent(name)
        match parent:
            case cst.Attribute(attr=other) | cst.Arg(keyword=other) if other is name:
                return False
            case cst.Param(name=other) | cst.AssignTarget(target=other) if other is name:
                return False
            case cst.AnnAssign(target=other) | cst.For(target=other) if other is name:
                return False
            case cst.Element():
                outer = self.source.parent(parent)
                holder = self.source.parent(outer) if outer is not None else None
                return not (
                    (isinstance(holder, cst.AssignTarget) and holder.target is outer)
                    or (isinstance(holder, cst.For) and holder.target is outer)
                )
        return True

    def _analysed(self, attribute: cst.Attribute) -> None:
        """``frame, _ = self.dp.get_analyzed_dataframe(…)`` and the same with ``[0]``."""
        call = self.source.parent(attribute)
        holder = self.source.parent(call) if isinstance(call, cst.Call) else None
        if isinstance(holder, cst.Subscript):
            self._use(holder)
            return
        if isinstance(holder, cst.Assign):
            for target in holder.targets:
                bound = target.target
                if not isinstance(bound, cst.Tuple | cst.List) or not bound.elements:
                    break
                first = bound.elements[0].value
                if not isinstance(first, cst.Name):
                    break
                self._names.add(first.value)
            else:
                return
        self.opaque = True

    def _use(self, node: cst.BaseExpression) -> None:
        """Look at what is done with an expression that gives a frame."""
        parent = self.source.parent(node)
        match parent:
            case cst.Subscript(value=value) if value is node:
                self._take(parent, parent.slice)
            case cst.Attribute(value=value) if value is node:
                self._attribute(parent)
            case cst.Arg():
                self._argument(parent)
            case cst.Assign():
                for target in parent.targets:
                    self._bind(target.target)
            case cst.AnnAssign() if parent.value is node:
                self._bind(parent.target)
            case cst.NamedExpr() if parent.value is node:
                self._bind(parent.target)
                self._use(parent)
            case cst.IfExp() if parent.test is not node:
                self._use(parent)
            case cst.Return():
                function = self.source.function_of(parent)
                self._givers.add(function.name.value if function else "")
            case cst.Expr():
                return
            case _:
                self.opaque = True

    def _bind(self, target: cst.BaseExpression) -> None:
        if isinstance(target, cst.Name):
            self._names.add(target.value)
        else:
            self.opaque = True

    def _take(self, node: cst.Subscript, slices: object) -> None:
        """Look at ``frame[key]`` or ``frame.loc[rows, key]``, which are ``node``."""
        elements = list(slices) if isinstance(slices, list | tuple) else []
        index = elements[0].slice if len(elements) == 1 else None
        if isinstance(index, cst.Slice):
            self._use(node)
        elif isinstance(index, cst.Index):
            self._key(node, index.value)
        else:
            self.opaque = True

    def _key(self, node: cst.Subscript, key: cst.BaseExpression) -> None:
        holder = self.source.parent(node)
        if isinstance(holder, cst.AssignTarget) or (
            isinstance(holder, cst.AnnAssign) and holder.target is node
        ):
            return  # written, whatever its name
        if self._is_mask(key):
            self._use(node)
            return
        # Several columns are a frame of them: the text names what it has.
        items = [e.value for e in key.elements] if isinstance(key, cst.List | cst.Tuple) else [key]
        self.computed += [item for item in items if self.source.strings(item) is None]

    def _is_mask(self, key: cst.BaseExpression) -> bool:
        """Whether a key chooses rows."""
        match key:
            case cst.Comparison():
                return True
            case cst.BinaryOperation(operator=cst.BitAnd() | cst.BitOr()):
                return True
            case cst.UnaryOperation(operator=cst.BitInvert()):
                return True
            case cst.Name():
                values = self.source.values(key)
                return bool(values) and all(
                    value is not None and not isinstance(value, cst.Name) and self._is_mask(value)
                    for value in values
                )
        return False

    def _attribute(self, node: cst.Attribute) -> None:
        name = node.attr.value
        parent = self.source.parent(node)
        if name in _LOCATORS and isinstance(parent, cst.Subscript) and parent.value is node:
            if len(parent.slice) == 1:
                self._use_rows(parent)
            elif name != "iloc":
                self._take(parent, parent.slice[1:])
            else:
                self.opaque = True
        elif name in _KEEPING and isinstance(parent, cst.Call) and parent.func is node:
            self._use(parent)
        elif name not in _PLAIN and name not in self._written:
            self.opaque = True

    def _use_rows(self, node: cst.Subscript) -> None:
        holder = self.source.parent(node)
        if not isinstance(holder, cst.AssignTarget):
            self._use(node)

    def _argument(self, arg: cst.Arg) -> None:
        call = self.source.parent(arg)
        if not isinstance(call, cst.Call) or arg.star:
            self.opaque = True
            return
        path = self.source.imported(call.func) or ""
        if path.rpartition(".")[2] == "merge_informative_pair":
            self._use(call)
        elif path.startswith(_LIBRARIES):
            self._library(call)
        elif path or not self._local(call, arg):
            builtin = isinstance(call.func, cst.Name) and self.source.is_builtin(call.func)
            if not (builtin and dotted(call.func) in _BUILTINS):
                self.opaque = True

    def _library(self, call: cst.Call) -> None:
        """TA-Lib takes the names of columns as ``price``, or ``prices``."""
        for arg in call.args:
            named = arg.keyword is not None and arg.keyword.value.startswith("price")
            if named and self.source.strings(arg.value) is None:
                self.computed.append(arg.value)
            elif arg.star:
                self.opaque = True

    def _local(self, call: cst.Call, arg: cst.Arg) -> bool:
        """Follow a frame into a function of this file; whether it is one."""
        name = self._called(call)
        functions = self._functions.get(name or "", [])
        inherited = isinstance(call.func, cst.Attribute) and not isinstance(
            call.func.value, cst.Name
        )
        if name is None or (not functions and not (inherited and name in POPULATE)):
            return False
        if inherited:
            self._use(call)  # what Freqtrade's own class gives back is what it was given
        for function in functions:
            parameters = [*function.params.posonly_params, *function.params.params]
            position = call.args.index(arg)
            if self._bound(call, function):
                position += 1
            if arg.keyword is not None:
                self._names.add(arg.keyword.value)
            elif position < len(parameters) and not any(a.star for a in call.args):
                self._names.add(parameters[position].name.value)
            else:
                self.opaque = True
        return True

    def _bound(self, call: cst.Call, function: cst.FunctionDef) -> bool:
        """Whether a call hands the function an object, before what is written there."""
        if not isinstance(call.func, cst.Attribute) or self.source.class_of(function) is None:
            return False
        of_class = self.source.local_class(call.func.value) is not None
        return not of_class and "staticmethod" not in decorators(function)

    def _called(self, call: cst.Call) -> str | None:
        """The function of this file that a call may mean, by its last name."""
        match call.func:
            case cst.Name(value=name):
                return name
            case cst.Attribute(value=cst.Name(value="self" | "cls"), attr=attr):
                return attr.value
            case cst.Attribute(value=cst.Call(func=cst.Name(value="super")), attr=attr):
                return attr.value
            case cst.Attribute(value=cst.Name() as owner, attr=attr):
                return attr.value if self.source.local_class(owner) is not None else None
        return None
