"""From a design to the strategy that a careful Freqtrade user would write for it.

The result depends on the design and the catalogue alone, and needs nothing of freqgen to run.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterable

from freqgen.design.binding import (
    STOP_ATR_COLUMN,
    TARGET_COLUMN,
    TRAILING_ATR_COLUMN,
    BoundIndicator,
    Market,
)
from freqgen.design.checked import CheckedDesign
from freqgen.design.explain import say_indicator, say_risk, say_rules
from freqgen.design.expressions import Column, Node, Parameter, walk
from freqgen.design.indicators import IndicatorCode
from freqgen.design.layout import (
    WIDTH,
    Attached,
    Brackets,
    Doc,
    Infix,
    Parens,
    Text,
    literal,
    statement,
)
from freqgen.design.magnitudes import column_sizes
from freqgen.design.model import ParameterSpec
from freqgen.design.pandas_code import HELPERS, PandasWriter
from freqgen.design.plots import PlotConfig, plot_config
from freqgen.design.risk_code import RiskCode
from freqgen.design.tags import tagged_rules
from freqgen.exceptions import DesignError

_POPULATE_ARGUMENTS = "(self, dataframe: DataFrame, metadata: dict) -> DataFrame:"

_PARAMETER_CLASSES = {
    "int": "IntParameter",
    "decimal": "DecimalParameter",
    "real": "RealParameter",
}


def compile_design(checked: CheckedDesign) -> str:
    """Write the strategy of a design.

    :returns: The source of one module with one class, named as the design.
    :raises DesignError: If the design has the name of something that the module imports, or says
        a condition in words.
    """
    if checked.design.worded:
        raise DesignError(
            f'rules alone are compiled, and this is said in words: "{checked.design.worded[0]}"',
            path="in_words",
            hint="say it in rules, or let a model write the code, with --code-model provider:model",
        )
    return _Compiler(checked).source()


class _Compiler:
    def __init__(self, checked: CheckedDesign) -> None:
        self.checked = checked
        self.design = checked.design
        self.risk = RiskCode(checked)
        self.writer = PandasWriter(checked.columns, column_sizes(checked.indicators))
        nodes = [node for part in checked.expressions() for node in walk(part.root)]
        self.read = {node.name for node in nodes if isinstance(node, Column)}
        target = checked.target
        self.late_target = target is not None and any(
            isinstance(node, Parameter) for node in walk(target.root)
        )
        self.imports: set[str] = set()
        self.helpers: list[str] = []
        self.names: dict[str, set[str]] = {
            "freqtrade.strategy": {"IStrategy"},
            "pandas": {"DataFrame"},
        }

    def source(self) -> str:
        body = "\n".join(
            [
                self._docstring(),
                self._attributes(),
                *self._informative_methods(),
                self._indicators_method(),
                self._trend_method("entry"),
                self._trend_method("exit"),
                *self.risk.methods(),
            ]
        )
        helpers = [HELPERS[name].strip("\n") + "\n" for name in sorted(self.writer.helpers)]
        helpers += [helper.strip("\n") + "\n" for helper in self.helpers]
        blocks = [self._imports(), *helpers, f"class {self.design.name}(IStrategy):\n{body}"]
        return "\n\n".join(blocks)

    # -- the module's head --------------------------------------------------------------------

    def _imports(self) -> str:
        for module, names in self.risk.imports().items():
            self.names.setdefault(module, set()).update(names)
        if self.writer.numpy:
            self.imports.add("import numpy as np")
        if self.writer.qtpylib:
            self.names.setdefault("technical", set()).add("qtpylib")
        if self.writer.helpers:
            self.names["pandas"].add("Series")
        for line in self.imports:
            if line.startswith("from "):
                module, _, listed = line.removeprefix("from ").partition(" import ")
                self.names.setdefault(module, set()).update(n.strip() for n in listed.split(","))
        plain = sorted(line for line in self.imports if line.startswith("import "))
        taken = {name for names in self.names.values() for name in names}
        if self.design.name in taken:
            raise DesignError(
                f'"{self.design.name}" is taken: this strategy imports that name',
                path="name",
                hint=f"call it {self.design.name}Strategy",
            )
        standard: list[str] = []
        others: list[str] = []
        for line in plain:
            is_standard = line.split()[1].split(".")[0] in _STANDARD_MODULES
            (standard if is_standard else others).append(line)
        for module in sorted(self.names):
            line = self._from_import(module, sorted(self.names[module], key=_isort_key))
            (standard if module in _STANDARD_MODULES else others).append(line)
        groups = ["\n".join(group) for group in (standard, others) if group]
        return "\n\n".join(groups) + "\n"

    @staticmethod
    def _from_import(module: str, names: list[str]) -> str:
        flat = f"from {module} import {', '.join(names)}"
        if len(flat) <= 100:
            return flat
        inner = "".join(f"    {name},\n" for name in names)
        return f"from {module} import (\n{inner})"

    # -- the class's head ---------------------------------------------------------------------

    def _docstring(self) -> str:
        hypothesis = _printable(self.design.hypothesis) or f"{self.design.name}."
        lines = textwrap.wrap(hypothesis, 92)
        for heading, rules in say_rules(self.checked):
            lines += ["", f"{heading} all of these hold:" if len(rules) > 1 else f"{heading}:"]
            lines += _bullets(rules)
        if self.checked.indicators:
            lines += ["", "Indicators:", *_bullets(map(say_indicator, self.checked.indicators))]
        lines += ["", "Risk:", *_bullets(say_risk(self.design))]
        text = "\n".join(f"    {line}".rstrip() for line in lines)
        escaped = text.replace("\\", "\\\\").replace('"""', "'''")
        return f'    """\n{escaped}\n    """\n'

    def _attributes(self) -> str:
        lines = [
            "    INTERFACE_VERSION = 3\n",
            f'    timeframe = "{self.design.timeframe}"',
            f"    can_short = {self.design.can_short}",
            "    process_only_new_candles = True",
            "    use_exit_signal = True",
            f"    startup_candle_count = {self.checked.startup}\n",
            *self.risk.attributes(),
        ]
        if self.design.parameters:
            lines.append("")
            lines += [self._parameter(parameter) for parameter in self.design.parameters]
        lines += ["", statement(Attached("plot_config = ", literal(self._plot_config()), ""), 4)]
        return "\n".join(lines) + "\n"

    def _parameter(self, spec: ParameterSpec) -> str:
        kind = _PARAMETER_CLASSES[spec.kind]
        self.names["freqtrade.strategy"].add(kind)
        number = int if spec.kind == "int" else float
        parts = [
            repr(number(spec.low)),
            repr(number(spec.high)),
            f"default={number(spec.default)!r}",
        ]
        if spec.kind == "decimal":
            parts.append(f"decimals={spec.decimals}")
        parts.append(f'space="{spec.space}"')
        call = Brackets(f"{kind}(", tuple(map(Text, parts)), ")")
        return statement(Attached(f"{spec.name} = ", call, ""), 4)

    def _plot_config(self) -> PlotConfig:
        config = plot_config(self.checked.indicators, self._used)
        if self.checked.target is not None:
            config["main_plot"][TARGET_COLUMN] = {}
        return config

    # -- indicators ---------------------------------------------------------------------------

    def _used(self, bound: BoundIndicator) -> list[str]:
        """Outputs that something reads; all of them where nothing reads any."""
        sources = {
            source
            for other in self.checked.indicators
            if other.market == bound.market
            for source in other.sources
        }
        used = [
            output
            for output, column in bound.columns.items()
            if bound.names[output] in self.read or column in sources
        ]
        return used or list(bound.columns)

    def _take(self, code: IndicatorCode) -> list[str]:
        self.imports.update(code.imports)
        self.helpers += [helper for helper in code.helpers if helper not in self.helpers]
        return [
            f"        {line}" if line else "" for block in code.lines for line in block.split("\n")
        ]

    def _indicator_lines(self, market: Market | None) -> list[str]:
        lines: list[str] = []
        for bound in self.checked.indicators:
            if bound.market == market:
                code = bound.indicator.code(
                    frame="dataframe",
                    columns={output: bound.columns[output] for output in self._used(bound)},
                    params=bound.params,
                    sources=bound.sources,
                )
                lines += self._take(code)
        return lines

    def _informative_methods(self) -> list[str]:
        methods = []
        for market in self.checked.markets:
            self.names["freqtrade.strategy"].add("informative")
            prefix, suffix = market.suffixes
            pair = f', "{market.pair}"' if market.pair else ""
            what = f"{market.pair or 'the pair'} in {market.timeframe} candles"
            body = "\n".join(self._indicator_lines(market))
            head = f"    def populate_indicators_{prefix}{suffix.strip('_')}{_POPULATE_ARGUMENTS}"
            if len(head) > WIDTH:
                head = head.replace("(self, ", "(\n        self, ").replace(") ->", "\n    ) ->")
            methods.append(
                f'''    @informative("{market.timeframe}"{pair})
{head}
        """Compute what the rules need of {what}."""
{body}
        return dataframe
'''
            )
        return methods

    def _indicators_method(self) -> str:
        lines = self._indicator_lines(None)
        atr = {
            STOP_ATR_COLUMN: self.risk.stop_atr,
            TRAILING_ATR_COLUMN: self.risk.trailing_atr,
        }
        for column, distance in atr.items():
            if distance is not None:
                function = self.checked.catalogue.get("ATR")
                code = function.code(
                    frame="dataframe",
                    columns={function.outputs[0].name: column},
                    params=function.resolve({"timeperiod": distance.period}),
                    sources=(),
                )
                lines += self._take(code)
        if not self.late_target:
            lines += self._target_line()
        body = "\n".join([*lines, "        return dataframe"])
        return f'''    def populate_indicators{_POPULATE_ARGUMENTS}
        """Add the indicators that the rules use."""
{body}
'''

    def _target_line(self) -> list[str]:
        if self.checked.target is None:
            return []
        target = _in_brackets(self.writer.number(self.checked.target.root))
        return [statement(Attached(f'dataframe["{TARGET_COLUMN}"] = ', target, ""), 8)]

    # -- signals ------------------------------------------------------------------------------

    def _trend_method(self, what: str) -> str:
        # Hyperopt computes indicators once and these two methods for every set of parameters.
        late = what == "exit" and self.late_target
        lines: list[str] = self._target_line() if late else []
        marks = any(self.checked.rules[f"{what}_{side}"] for side in ("long", "short"))
        words = {"entry": "enter", "exit": "exit"}
        for side in ("long", "short"):
            rules = self.checked.rules[f"{what}_{side}"]
            if not rules:
                continue
            column, tag_column = f"{words[what]}_{side}", f"{words[what]}_tag"
            # Later assignments win, and the first alternative is to name the trade.
            for tag, conditions in reversed(tagged_rules(rules)):
                mask = statement(self._mask(conditions), 12, used=1)
                lines.append(
                    f"        dataframe.loc[\n{mask},\n"
                    f'            ["{column}", "{tag_column}"],\n'
                    f'        ] = (1, "{tag}")'
                )
        body = "\n".join([*lines, "        return dataframe"])
        says = {
            "entry": "Mark the candles after which to enter.",
            "exit": "Mark the candles after which to exit.",
        }[what]
        if late:
            says = says.replace("exit.", "exit, and compute the target.")
        if late and not marks:
            says = "Compute the target; leave exits to it, the stop and the other callbacks."
        elif not marks:
            says = "Leave exits to the stop, the profit targets and the callbacks."
        return f'''    def populate_{what}_trend{_POPULATE_ARGUMENTS}
        """{says}"""
{body}
'''

    def _mask(self, conditions: tuple[Node, ...]) -> Doc:
        parts = [self.writer.condition(condition) for condition in conditions]
        if len(parts) == 1:
            return _in_brackets(parts[0])
        return Parens(Infix("&", tuple(part if _tight(part) else Parens(part) for part in parts)))


def _tight(doc: Doc) -> bool:
    """Whether a piece binds more tightly than any operator."""
    return isinstance(doc, Brackets | Parens) or (isinstance(doc, Text) and " " not in doc.text)


def _in_brackets(doc: Doc) -> Doc:
    """A piece that can be broken over lines; an operator needs brackets around it for that."""
    return _Breakable(doc) if isinstance(doc, Infix) else doc


class _Breakable(Attached):
    """Without brackets on one line, with them on several."""

    def __init__(self, doc: Doc) -> None:
        super().__init__("", doc, "")

    def lines(self, indent: int, used: int = 0) -> str:
        """In parentheses."""
        return Parens(self.part).lines(indent, used)


def _bullets(texts: Iterable[str]) -> list[str]:
    lines = []
    for text in texts:
        lines += textwrap.wrap(text, 90, initial_indent="- ", subsequent_indent="  ")
    return lines


def _printable(text: str) -> str:
    """Text on one line without what could hide or disguise something in an editor."""
    kept = (" " if c.isspace() else c for c in text)
    return " ".join("".join(c for c in kept if unicodedata.category(c)[0] != "C").split())


def _isort_key(name: str) -> tuple[int, str]:
    """Constants, then classes, then the rest, each by name, as ruff sorts imported names."""
    if name.isupper() and len(name) > 1:
        return 0, name
    return (1, name.lower()) if name[:1].isupper() else (2, name)


_STANDARD_MODULES = frozenset({"datetime", "functools", "math", "typing"})
