import difflib
from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.editing import renamed_text
from freqgen_structure.nodes import argument, text_of
from freqgen_structure.parameters import AUTOMATIC, Parameter, own_parameters
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.values import meant

_HEAD = (
    "from freqtrade.strategy import IntParameter, IStrategy\n\n\nclass S(IStrategy):\n"
    "    buy_rsi = IntParameter(10, 40, default=30)\n"
)


class ParameterValues(Rule):
    """FG131: a value is set for a parameter that is not there.

    ``buy_params`` and ``sell_params`` hold values for the parameters of their space, by name.
    Freqtrade passes over every other name, and the parameter keeps its default.
    """

    SEVERITY = Severity.WARNING
    VALID = (
        _HEAD + "    buy_params = {'buy_rsi': 20}\n",
        _HEAD + "    buy_params = {'limit': 20}\n    def f(self):\n"
        "        return self.buy_params['limit']\n",
        "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"
        "    buy_params = {'x': 1}\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + "    buy_params = {\n        'buy_rsii': 20,  # low\n    }\n",
            line=7,
            fixed=_HEAD + "    buy_params = {\n        'buy_rsi': 20,  # low\n    }\n",
        ),
        Bad(code=_HEAD + "    sell_params = {'buy_rsi': 20}\n", line=6),
    )

    def check(self) -> None:
        parameters = own_parameters(self.source)
        if not parameters or self.source.foreign_bases:
            return
        for name, (_, value) in self.source.attributes.items():
            space = name.removesuffix("_params")
            table = meant(self.source, value)
            if space == name or not isinstance(table, cst.Dict) or self._read(name):
                continue
            for element in table.elements:
                if isinstance(element, cst.DictElement):
                    self._entry(space, element, parameters)

    def _read(self, name: str) -> bool:
        """Whether the file uses the table in a way of its own."""
        ours = [n for n in self.source.all(cst.Name) if n.value == name]
        return len(ours) > 1

    def _entry(
        self, space: str, element: cst.DictElement, parameters: dict[str, Parameter]
    ) -> None:
        key = text_of(element.key)
        if key is None:
            return
        parameter = parameters.get(key)
        names = [p.name for p in parameters.values() if _space(p) in {space, None}]
        if parameter is None:
            near = difflib.get_close_matches(key, names, n=2, cutoff=0.85)
            self.report(
                element.key,
                f'there is no parameter "{key}", so its value is not used',
                hint=f'write "{near[0]}"' if near else "leave it out",
                edits=renamed_text(self.source, element.key, near[0]) if len(near) == 1 else (),
            )
        elif key not in names:
            self.report(
                element.key,
                f'the parameter "{key}" is of the space {_space(parameter)}, not {space}',
                hint=f"move it to {_space(parameter)}_params",
            )


def _space(parameter: Parameter) -> str | None:
    """The space of a parameter, where the text shows it."""
    given = argument(parameter.call, 99, "space")
    if given is not None:
        return text_of(given)
    return next((name for name in AUTOMATIC if parameter.name.startswith(f"{name}_")), None)
