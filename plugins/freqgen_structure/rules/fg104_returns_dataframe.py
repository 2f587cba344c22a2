from typing import ClassVar

import libcst as cst

from freqgen import Edit
from freqgen_structure.editing import at_end_of
from freqgen_structure.flow import (
    falls_through,
    gives_nothing,
    is_generator,
    last_expression,
    returns_of,
)
from freqgen_structure.interface import FREQAI
from freqgen_structure.nodes import root_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.signatures import POPULATE, dataframe_parameter, informative_calls

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"
_DEF = "    def populate_indicators(self, dataframe, metadata):\n"


class ReturnsDataframe(Rule):
    """FG104: a method can end without returning the dataframe.

    Freqtrade goes on with what ``populate_…`` returns. A path that falls off the end returns
    ``None``, and the bot skips the pair with an error on every candle.
    """

    HINT = "end every path with return dataframe"
    VALID = (
        _HEAD + _DEF + "        return dataframe\n",
        _HEAD + _DEF + "        if metadata:\n            return dataframe\n        else:\n"
        "            return dataframe.copy()\n",
        _HEAD + _DEF + "        try:\n            x = 1\n        except ValueError:\n"
        "            return dataframe\n        return dataframe\n",
        _HEAD + _DEF + "        raise ValueError\n",
        _HEAD + _DEF + "        def helper():\n            return\n        return dataframe\n",
        _HEAD + _DEF + "        while True:\n            return dataframe\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + _DEF + "        for n in (3, 5):\n            dataframe[f'x_{n}'] = n\n"
            "            return dataframe\n        return dataframe\n",
            line=8,
        ),
        Bad(
            code=_HEAD + _DEF + "        dataframe['x'] = 1  # why\n",
            line=5,
            fixed=_HEAD + _DEF + "        dataframe['x'] = 1  # why\n        return dataframe\n",
        ),
        Bad(
            code=_HEAD + _DEF + "        return\n",
            line=6,
            fixed=_HEAD + _DEF + "        return dataframe\n",
        ),
        Bad(
            code=_HEAD + _DEF + "        return dataframe, metadata\n",
            line=6,
            fixed=_HEAD + _DEF + "        return dataframe\n",
        ),
        Bad(
            code=_HEAD + _DEF + "        dataframe['x'] = 1\n        dataframe  # all\n",
            line=7,
            fixed=_HEAD + _DEF + "        dataframe['x'] = 1\n        return dataframe  # all\n",
        ),
        Bad(
            code=_HEAD + _DEF + "        return None\n",
            line=6,
            fixed=_HEAD + _DEF + "        return dataframe\n",
        ),
        Bad(
            code=_HEAD + _DEF + "        if metadata:\n            return dataframe\n",
            line=5,
            fixed=_HEAD + _DEF + "        if metadata:\n            return dataframe\n"
            "        return dataframe\n",
        ),
        Bad(
            code=_HEAD + _DEF + "        for x in (1, 2):\n            return dataframe\n",
            line=5,
            fixed=_HEAD + _DEF + "        for x in (1, 2):\n            return dataframe\n"
            "        return dataframe\n",
        ),
        Bad(
            code=_HEAD + _DEF + "        df = dataframe.copy()\n        df['x'] = 1\n"
            "        dataframe\n",
            line=5,
            fixed=_HEAD + _DEF + "        df = dataframe.copy()\n        df['x'] = 1\n"
            "        dataframe\n        return df\n",
        ),
        Bad(
            code=_HEAD + _DEF + "        df = dataframe.copy()\n        df['x'] = 1\n"
            "        dataframe['y'] = 2\n",
            line=5,
        ),
        Bad(
            code=_HEAD + _DEF + "        dataframe['x'] = 1\n        return dataframe['x']\n",
            line=7,
            fixed=_HEAD + _DEF + "        dataframe['x'] = 1\n        return dataframe\n",
        ),
        Bad(
            code=_HEAD + _DEF + "        dataframe['x'] = 1\n        return dataframe['x'].mean\n"
            "    def populate_entry_trend(self, dataframe, metadata): pass\n",
            line=8,
        ),
    )

    def check(self) -> None:
        for name, method in self.source.methods.items():
            if name not in POPULATE + FREQAI and not informative_calls(self.source, method):
                continue
            if method.asynchronous is not None or is_generator(self.source, method):
                continue  # FG103 says so
            frame = self._frame(method)
            nothing = False
            for node in returns_of(self.source, method):
                if gives_nothing(node):
                    self.report(node, f"{name} returns nothing here", edits=self._give(node, frame))
                    nothing = True
                elif _is_column(node.value, dataframe_parameter(method)):
                    self.report(
                        node,
                        f"{name} returns one column, not the dataframe",
                        edits=self._give(node, frame),
                    )
                elif _is_no_frame(node.value):
                    self.report(
                        node,
                        f"{name} returns no dataframe here",
                        edits=self._give(node, frame),
                    )
                elif self._ends_loop(node):
                    self.report(
                        node,
                        f"{name} returns in the first turn of its loop, and leaves out the others",
                        hint="write the return behind the loop",
                    )
                    nothing = True
            if nothing or not falls_through(method.body):
                continue
            last = last_expression(method)
            if isinstance(last, cst.Name) and last.value == frame:
                self.report(
                    last,
                    f"{name} names {frame} at its end, and does not return it",
                    edits=[self.insert_before(last, "return ")],
                )
            else:
                self.report(
                    method.name,
                    f"{name} can end without returning the dataframe",
                    edits=at_end_of(self.source, method, f"return {frame}") if frame else (),
                )

    def _ends_loop(self, node: cst.Return) -> bool:
        """Whether it ends a loop that does something, whatever the turn."""
        line = self.source.parents[node]
        block = self.source.parents[line]
        loop = self.source.parent(block)
        return (
            isinstance(loop, cst.For | cst.While)
            and isinstance(block, cst.IndentedBlock)
            and block.body[-1] is line
            and len(block.body) > 1
            and not self.source.below(block, cst.Continue)
        )

    def _give(self, node: cst.Return, frame: str | None) -> list[Edit]:
        return [self.replace(node, f"return {frame}")] if frame else []

    def _frame(self, method: cst.FunctionDef) -> str | None:
        """The one name that columns are written to; the parameter where none are."""
        given = dataframe_parameter(method)
        written: set[str] = set()
        for target in self.source.below(method.body, cst.AssignTarget):
            base: cst.CSTNode = target.target
            if not isinstance(base, cst.Subscript):
                continue
            while isinstance(base, cst.Subscript):
                base = base.value
            chain = root_of(base)
            if chain is not None and self._of_frame(chain[0], given):
                written.add(chain[0].value)
        if not written:
            return given
        return written.pop() if len(written) == 1 else None

    def _of_frame(self, name: cst.Name, given: str | None) -> bool:
        """Whether a name is the dataframe, or was made of it in one step."""
        if name.value == given:
            return True
        return any(
            value is not None
            and any(inner.value == given for inner in self.source.below(value, cst.Name))
            for value in self.source.values(name)
        )


def _is_no_frame(value: cst.BaseExpression | None) -> bool:
    """Whether an expression is plainly something else than a dataframe."""
    if isinstance(value, cst.Name):
        return value.value in {"self", "metadata", "True", "False"}
    return isinstance(
        value,
        cst.Tuple | cst.List | cst.Dict | cst.Set | cst.Integer | cst.Float | cst.SimpleString
        | cst.FormattedString | cst.Comparison | cst.BooleanOperation,
    )  # fmt: skip


def _is_column(value: cst.BaseExpression | None, frame: str | None) -> bool:
    """Whether an expression is ``frame["column"]``."""
    match value:
        case cst.Subscript(
            value=cst.Name(value=base),
            slice=[cst.SubscriptElement(slice=cst.Index(value=cst.SimpleString()))],
        ):
            return base == frame
    return False
