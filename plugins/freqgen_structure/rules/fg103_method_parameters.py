from typing import ClassVar

import libcst as cst

from freqgen_structure.rule import Bad, Rule
from freqgen_structure.rules.fg102_required_methods import REQUIRED
from freqgen_structure.signatures import DATAFRAME_METHODS, informative_calls

_HEAD = "from freqtrade.strategy import IStrategy, informative\n\n\nclass S(IStrategy):\n"


class MethodParameters(Rule):
    """FG103: a method cannot be called the way Freqtrade calls it.

    Freqtrade calls ``populate_…(dataframe, metadata)`` on the strategy's instance and takes what
    it returns: the method needs those two parameters after ``self``, and is neither static, nor
    a class method, nor ``async``, nor a generator.
    """

    HINT = "write def {name}(self, dataframe: DataFrame, metadata: dict) -> DataFrame"
    VALID = (
        _HEAD
        + "    def populate_indicators(self, dataframe, metadata):\n        return dataframe\n",
        _HEAD + "    def populate_entry_trend(self, df, meta, extra=1):\n        return df\n",
        _HEAD + "    def populate_exit_trend(self, *args, **kwargs):\n        return args[0]\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD
            + "    def populate_indicators(self, dataframe):\n        return dataframe\n",
            line=5,
        ),
        Bad(
            code=_HEAD + "    def populate_entry_trend(self, dataframe, metadata, x):\n"
            "        return dataframe\n",
            line=5,
        ),
        Bad(
            code=_HEAD + "    async def populate_exit_trend(self, dataframe, metadata):\n"
            "        return dataframe\n",
            line=5,
        ),
        Bad(
            code=_HEAD + "    @staticmethod\n    def populate_indicators(dataframe, metadata):\n"
            "        return dataframe\n",
            line=6,
        ),
        Bad(
            code=_HEAD + "    def populate_exit_trend(self, dataframe, metadata):\n"
            "        yield dataframe\n",
            line=5,
        ),
        Bad(
            code=_HEAD
            + "    @informative('4h')\n    def populate_indicators_4h(self, dataframe):\n"
            "        return dataframe\n",
            line=6,
        ),
    )

    def check(self) -> None:
        for name, method in self.source.methods.items():
            if name in REQUIRED or informative_calls(self.source, method):
                problem = self._problem(method)
                if problem:
                    self.report(method.name, f"{name} {problem}", hint=self.HINT.format(name=name))

    def _problem(self, method: cst.FunctionDef) -> str:
        if method.asynchronous is not None:
            return "is async, and Freqtrade does not await it"
        for decorator in method.decorators:
            kind = decorator.decorator.value if isinstance(decorator.decorator, cst.Name) else ""
            if kind in {"staticmethod", "classmethod", "property"}:
                return f"is a {kind}, not a method of the instance"
        if any(
            self.source.function_of(node) is method for node in self.source.below(method, cst.Yield)
        ):
            return "is a generator, and Freqtrade needs the dataframe itself"
        parameters = method.params
        positional = [*parameters.posonly_params, *parameters.params]
        needed = sum(p.default is None for p in positional)
        least = len(DATAFRAME_METHODS)
        required_keywords = [p.name.value for p in parameters.kwonly_params if p.default is None]
        if required_keywords:
            return f"requires the keyword {required_keywords[0]}, which Freqtrade does not give"
        if needed > least:
            return f"requires {needed} parameters; Freqtrade gives self, dataframe and metadata"
        if len(positional) < least and not isinstance(parameters.star_arg, cst.Param):
            return (
                f"takes {len(positional)} parameters; Freqtrade gives self, dataframe and metadata"
            )
        return ""
