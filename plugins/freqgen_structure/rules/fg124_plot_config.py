import difflib
from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.editing import renamed_text
from freqgen_structure.nodes import text_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.values import meant

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"
_KEYS = ("main_plot", "subplots")


class PlotConfig(Rule):
    """FG124: ``plot_config`` has not the form that the charts read.

    It has ``main_plot``, from columns to their settings, and ``subplots``, from titles to the
    same. What has another name or form is not drawn, or stops the chart.
    """

    SEVERITY = Severity.WARNING
    VALID = (
        _HEAD + "    plot_config = {'main_plot': {'ema': {}}, 'subplots': {'RSI': {'rsi': {}}}}\n",
        _HEAD + "    plot_config = {}\n",
        _HEAD + "    plot_config = {'main_plot': MAIN, **MORE}\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + "    plot_config = {\n        'main_plots': {'ema': {}},\n    }\n",
            line=6,
            fixed=_HEAD + "    plot_config = {\n        'main_plot': {'ema': {}},\n    }\n",
        ),
        Bad(code=_HEAD + "    plot_config = {'main_plot': ['ema']}\n", line=5),
        Bad(code=_HEAD + "    plot_config = {'subplots': {'rsi': 'red'}}\n", line=5),
        Bad(code=_HEAD + "    plot_config = ['ema']\n", line=5),
    )

    def check(self) -> None:
        found = self.source.attributes.get("plot_config")
        if found is None:
            return
        table = meant(self.source, found[1])
        if not isinstance(table, cst.Dict):
            if _plain(table):
                self.report(found[0], "plot_config is not a dict", hint='{"main_plot": {…}}')
            return
        for element in table.elements:
            if not isinstance(element, cst.DictElement):
                continue
            key, value = text_of(element.key), meant(self.source, element.value)
            if key is not None and key not in _KEYS:
                self._unknown(element.key, key)
            elif _plain(value):
                self.report(value, f"{key} is not a dict", hint="write {column: settings}")
            elif key == "subplots" and isinstance(value, cst.Dict):
                self._subplots(value)

    def _unknown(self, node: cst.BaseExpression, key: str) -> None:
        near = difflib.get_close_matches(key.lower(), _KEYS, n=1, cutoff=0.7)
        self.report(
            node,
            f'plot_config has no key "{key}"',
            hint=f'write "{near[0]}"' if near else "it has main_plot and subplots",
            edits=renamed_text(self.source, node, near[0]) if near else (),
        )

    def _subplots(self, table: cst.Dict) -> None:
        for element in table.elements:
            if isinstance(element, cst.DictElement) and _plain(element.value):
                self.report(
                    element.value,
                    "a subplot is not a dict",
                    hint='write {"RSI": {"rsi": {"color": "red"}}}',
                )


def _plain(value: cst.BaseExpression) -> bool:
    return isinstance(value, cst.SimpleString | cst.List | cst.Tuple | cst.Set | cst.Integer)
