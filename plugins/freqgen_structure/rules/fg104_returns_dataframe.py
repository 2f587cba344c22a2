from typing import ClassVar

import libcst as cst

from freqgen_structure.rule import Bad, Rule
from freqgen_structure.signatures import POPULATE, informative_calls

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"
_DEF = "    def populate_indicators(self, dataframe, metadata):\n"

FREQAI = (
    "feature_engineering_expand_all",
    "feature_engineering_expand_basic",
    "feature_engineering_standard",
    "set_freqai_targets",
)


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
        Bad(code=_HEAD + _DEF + "        dataframe['x'] = 1\n", line=5),
        Bad(code=_HEAD + _DEF + "        return\n", line=6),
        Bad(code=_HEAD + _DEF + "        return None\n", line=6),
        Bad(code=_HEAD + _DEF + "        if metadata:\n            return dataframe\n", line=5),
        Bad(code=_HEAD + _DEF + "        for x in (1, 2):\n            return dataframe\n", line=5),
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
            if method.asynchronous is not None:
                continue  # FG103 says so
            nothing = False
            for node in self.source.below(method, cst.Return):
                if self.source.function_of(node) is method and (
                    node.value is None
                    or (isinstance(node.value, cst.Name) and node.value.value == "None")
                ):
                    self.report(node, f"{name} returns nothing here")
                    nothing = True
            if not nothing and _falls_through(method.body):
                self.report(method.name, f"{name} can end without returning the dataframe")


def _falls_through(block: cst.BaseSuite) -> bool:
    """Whether execution can reach the end of a block."""
    return not any(_ends(statement) for statement in block.body)


def _ends(node: cst.CSTNode) -> bool:
    """Whether nothing after this statement is reached."""
    match node:
        case cst.SimpleStatementLine():
            return any(isinstance(s, cst.Return | cst.Raise) for s in node.body)
        case cst.Return() | cst.Raise():
            return True
        case cst.If():
            return _if_ends(node)
        case cst.With():
            # contextlib.suppress may swallow an exception, but then something else is wrong.
            return not _falls_through(node.body)
        case cst.While():
            forever = isinstance(node.test, cst.Name) and node.test.value == "True"
            return forever and not _has_break(node.body)
        case cst.Try() | cst.TryStar():
            if node.finalbody is not None and not _falls_through(node.finalbody.body):
                return True
            body = not _falls_through(node.body) or (
                node.orelse is not None and not _falls_through(node.orelse.body)
            )
            return body and all(not _falls_through(h.body) for h in node.handlers)
        case cst.Match():
            return _match_ends(node)
    return False


def _if_ends(node: cst.If) -> bool:
    while True:
        if _falls_through(node.body):
            return False
        if isinstance(node.orelse, cst.If):
            node = node.orelse
            continue
        return node.orelse is not None and not _falls_through(node.orelse.body)


def _match_ends(node: cst.Match) -> bool:
    last = node.cases[-1]
    irrefutable = (
        last.guard is None
        and isinstance(last.pattern, cst.MatchAs)
        and last.pattern.pattern is None
    )
    return irrefutable and all(not _falls_through(case.body) for case in node.cases)


def _has_break(block: cst.BaseSuite) -> bool:
    stack: list[cst.CSTNode] = list(block.body)
    while stack:
        node = stack.pop()
        if isinstance(node, cst.Break):
            return True
        if not isinstance(node, cst.For | cst.While | cst.FunctionDef | cst.ClassDef):
            stack.extend(node.children)
    return False
