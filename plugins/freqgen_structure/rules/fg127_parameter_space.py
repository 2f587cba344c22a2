from typing import ClassVar

import libcst as cst

from freqgen import Edit
from freqgen_structure.editing import with_argument
from freqgen_structure.nodes import argument, text_of
from freqgen_structure.parameters import AUTOMATIC, Parameter, parameters_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.values import meant

_HEAD = (
    "from freqtrade.strategy import DecimalParameter, IntParameter, IStrategy\n\n\n"
    "class S(IStrategy):\n"
)
_ENTRY = (
    "    def populate_entry_trend(self, dataframe, metadata):\n"
    "        dataframe.loc[dataframe['rsi'] < self.rsi.value, 'enter_long'] = 1\n"
    "        return dataframe\n"
)


class ParameterSpace(Rule):
    """FG127: a hyperopt parameter belongs to no space.

    Freqtrade takes the space from ``space=``, or from a name that begins with ``buy_``,
    ``sell_``, ``enter_``, ``exit_`` or ``protection_``. A strategy with any other parameter does
    not start, nor does one whose space is ``all``, ``default`` or no identifier.
    """

    HINT = 'add space="buy" or space="sell", or begin its name with buy_ or sell_'
    VALID = (
        _HEAD + "    buy_rsi = IntParameter(10, 40, default=30)\n",
        _HEAD + "    rsi = IntParameter(10, 40, default=30, space='buy')\n",
        _HEAD + "    protection_x = IntParameter(1, 4, default=3)\n",
        _HEAD + "    rsi = IntParameter(10, 40, default=30, **more)\n",
    )
    INVALID: ClassVar = (
        Bad(code=_HEAD + "    x = 1\n    rsi = IntParameter(10, 40, default=30)\n", line=6),
        Bad(
            code=_HEAD + "    rsi = IntParameter(10, 40, default=30)  # a\n" + _ENTRY,
            line=5,
            fixed=_HEAD + '    rsi = IntParameter(10, 40, default=30, space="buy")  # a\n' + _ENTRY,
        ),
        Bad(
            code=_HEAD + "    rsi = IntParameter(\n        10,\n        40,\n"
            "        default=30,\n    )\n" + _ENTRY,
            line=5,
            fixed=_HEAD + "    rsi = IntParameter(\n        10,\n        40,\n"
            '        default=30,\n        space="buy",\n    )\n' + _ENTRY,
        ),
        Bad(code=_HEAD + "    rsi = IntParameter(10, 40, default=30, space='all')\n", line=5),
        Bad(code=_HEAD + "    rsi = IntParameter(10, 40, default=3, space='my own')\n", line=5),
        Bad(
            code=_HEAD + "    buy_x = DecimalParameter(0, 1, default=0, name='x')\n",
            line=5,
        ),
    )

    def check(self) -> None:
        for parameter in parameters_of(self.source):
            if parameter.owner not in self.source.lineage or parameter.owner is None:
                continue
            self._parameter(parameter)

    def _parameter(self, parameter: Parameter) -> None:
        call = parameter.call
        for arg in call.args:
            if arg.keyword is not None and arg.keyword.value == "name":
                self.report(
                    arg, "a parameter has the name of its attribute", hint="leave name= out"
                )
        if any(arg.star == "**" for arg in call.args):
            return
        space = argument(call, 99, "space")
        text = text_of(meant(self.source, space)) if space is not None else None
        nothing = space is None or (isinstance(space, cst.Name) and space.value == "None")
        if nothing:
            if not parameter.name.startswith(tuple(f"{name}_" for name in AUTOMATIC)):
                self.report(
                    parameter.node,
                    f"Freqtrade cannot know the space of the parameter {parameter.name}",
                    edits=self._space(parameter) if space is None else (),
                )
        elif text is not None and (text in {"all", "default"} or not text.isidentifier()):
            self.report(space, f'"{text}" is no space', hint='write space="buy"')

    def _space(self, parameter: Parameter) -> tuple[Edit, ...]:
        """By the methods that read it, where they are all for entries, or all for exits."""
        methods = set()
        for use in self.source.all(cst.Attribute):
            if use.attr.value == parameter.name and use is not parameter.node:
                function = self.source.function_of(use)
                methods.add(function.name.value if function else "")
        for name, said in (("buy", {"entry"}), ("sell", {"exit"})):
            if methods and all(method.split("_")[1:2] == list(said) for method in methods):
                return with_argument(self.source, parameter.call, f'space="{name}"')
        return ()
