from typing import ClassVar

import libcst as cst

from freqgen import Edit
from freqgen_structure.callbacks import wrong_kind
from freqgen_structure.editing import with_parameter
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
            fixed=_HEAD
            + "    def populate_indicators(self, dataframe, metadata):\n        return dataframe\n",
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
            fixed=_HEAD + "    def populate_exit_trend(self, dataframe, metadata):\n"
            "        return dataframe\n",
        ),
        Bad(
            code=_HEAD + "    @staticmethod\n    def populate_indicators(dataframe, metadata):\n"
            "        return dataframe\n",
            line=6,
            fixed=_HEAD + "    def populate_indicators(self, dataframe, metadata):\n"
            "        return dataframe\n",
        ),
        Bad(
            code=_HEAD + "    def populate_indicators(dataframe, metadata):  # of us\n"
            "        return dataframe\n",
            line=5,
            fixed=_HEAD + "    def populate_indicators(self, dataframe, metadata):  # of us\n"
            "        return dataframe\n",
        ),
        Bad(
            code=_HEAD + "    def populate_indicators(self, metadata: dict, dataframe: Df):\n"
            "        return dataframe\n",
            line=5,
            fixed=_HEAD + "    def populate_indicators(self, dataframe: Df, metadata: dict):\n"
            "        return dataframe\n",
        ),
        Bad(
            code=_HEAD + "    def populate_exit_trend(self, dataframe, metadata):\n"
            "        yield dataframe\n",
            line=5,
        ),
        Bad(
            code=_HEAD
            + "    @informative('4h')\n    def inf(self, dataframe: DataFrame) -> DataFrame:\n"
            "        return dataframe\n",
            line=6,
            fixed=_HEAD + "    @informative('4h')\n"
            "    def inf(self, dataframe: DataFrame, metadata: dict) -> DataFrame:\n"
            "        return dataframe\n",
        ),
    )

    def check(self) -> None:
        for name, method in self.source.methods.items():
            if name in REQUIRED or informative_calls(self.source, method):
                problem, edits = self._problem(method)
                if problem:
                    self.report(
                        method.name,
                        f"{name} {problem}",
                        hint=self.HINT.format(name=name),
                        edits=edits,
                    )

    def _problem(self, method: cst.FunctionDef) -> tuple[str, tuple[Edit, ...]]:
        kind = wrong_kind(self.source, method)
        if kind is not None:
            return kind
        parameters = method.params
        positional = [*parameters.posonly_params, *parameters.params]
        needed = sum(p.default is None for p in positional)
        least = len(DATAFRAME_METHODS)
        required_keywords = [p.name.value for p in parameters.kwonly_params if p.default is None]
        if required_keywords:
            return f"requires the keyword {required_keywords[0]}, which Freqtrade does not give", ()
        given = "Freqtrade gives self, dataframe and metadata"
        if needed > least:
            return f"requires {needed} parameters; {given}", ()
        if len(positional) < least and not isinstance(parameters.star_arg, cst.Param):
            return f"takes {len(positional)} parameters; {given}", self._completed(method)
        names = [p.name.value for p in positional[1:least]]
        if names[:1] == ["metadata"] and names[1:] and "meta" not in names[1]:
            return f"takes metadata before the dataframe; {given}", self._swapped(positional)
        return "", ()

    def _completed(self, method: cst.FunctionDef) -> tuple[Edit, ...]:
        positional = [*method.params.posonly_params, *method.params.params]
        names = [p.name.value for p in positional]
        match names:
            case ["self", frame] if "meta" not in frame:
                typed = ": dict" if positional[1].annotation is not None else ""
                return with_parameter(self.source, method, f"metadata{typed}")
            case [frame, "metadata"] if frame not in {"self", "cls"}:
                return (self.insert_before(positional[0], "self, "),)
        return ()

    def _swapped(self, positional: list[cst.Param]) -> tuple[Edit, ...]:
        one, other = positional[1], positional[2]
        edits = [self.replace(one, other.name.value), self.replace(other, one.name.value)]
        if one.annotation is not None and other.annotation is not None:
            first, second = one.annotation.annotation, other.annotation.annotation
            edits += [
                self.replace(first, self.text(second)),
                self.replace(second, self.text(first)),
            ]
        elif one.annotation is not None or other.annotation is not None:
            return ()
        return tuple(edits)
