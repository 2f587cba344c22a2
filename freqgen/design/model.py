"""The design of a strategy: the JSON that a model answers with and a person edits.

Only shapes and values of single fields are checked here; what the fields mean together
(names, expressions, indicators) is checked by :mod:`freqgen.design.checked`.
"""

from __future__ import annotations

import json
import keyword
import re
from typing import Any, Literal

from pydantic import (
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from freqgen.design.in_words import InWords
from freqgen.design.model_errors import design_error
from freqgen.design.plain import check_plain, read_whole
from freqgen.design.protections import check_protections
from freqgen.design.reserved import FUNCTION_NAMES, taken_by_module
from freqgen.design.risk import Risk
from freqgen.design.shape import Frozen, check_timeframe
from freqgen.exceptions import DesignError

CONTRACT = 1
"""Version of the design's fields."""

KINDS = (
    "mean_reversion",
    "trend_following",
    "momentum",
    "breakout",
    "volatility",
    "volume",
    "pattern",
    "other",
)
"""Kinds of strategy, for sorting and statistics only."""

CANDLE_COLUMNS = ("open", "high", "low", "close", "volume")

RESERVED_COLUMNS = frozenset(
    {
        *CANDLE_COLUMNS,
        "date",
        "enter_long",
        "enter_short",
        "exit_long",
        "exit_short",
        "enter_tag",
        "exit_tag",
        "buy",
        "sell",
        "buy_tag",
    }
)
"""Columns of Freqtrade's dataframe that no indicator may overwrite."""

MAX_INDICATORS = 100
MAX_RULES = 20
MAX_PARAMETERS = 50
"""Far more of each than a person can read; a strategy of that size is slow to check."""

MAX_NUMBER = 1e15
"""Numbers in rules and parameters lie within; larger ones are not exact as a float."""

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_PAIR = re.compile(r"[A-Za-z0-9]{1,32}/[A-Za-z0-9]{1,32}(:[A-Za-z0-9]{1,32})?")


def check_identifier(name: str) -> str:
    """Return ``name`` if it may be the id of an indicator or the name of a parameter.

    :raises ValueError: Saying which rule it breaks.
    """
    if not _IDENTIFIER.fullmatch(name):
        raise ValueError(f'"{name}" is not a name: a letter, then up to 63 letters, digits and _')
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        raise ValueError(f'"{name}" is a word of Python')
    if "__" in name:
        raise ValueError(f'"{name}" has two underscores in a row')
    if name in RESERVED_COLUMNS:
        raise ValueError(f'"{name}" is a column of the candles')
    if name in FUNCTION_NAMES:
        raise ValueError(f'"{name}" is a function of the rules; call it {name}_value')
    return name


class IndicatorSpec(Frozen):
    """One indicator of a design.

    Its values are named ``id`` in rules, or ``id.output`` where it has several.
    """

    id: str = Field(description="Name used in rules; unique in the design")
    function: str = Field(description="Name in the indicator catalogue, as in RSI or BBANDS")
    params: dict[str, float | int] = Field(
        default_factory=dict, description="Parameters of the function; the rest is its default"
    )
    timeframe: str | None = Field(
        default=None, description="A slower timeframe to compute it on; null for the design's own"
    )
    pair: str | None = Field(
        default=None, description="Another pair to compute it on, as in BTC/USDT; null for its own"
    )
    source: str | list[str] | None = Field(
        default=None,
        description="What it is computed from: a candle column or an earlier indicator "
        "of the same timeframe and pair; a list where the function takes several",
    )

    @field_validator("id")
    @classmethod
    def _id(cls, value: str) -> str:
        return check_identifier(value)

    @field_validator("timeframe")
    @classmethod
    def _timeframe(cls, value: str | None) -> str | None:
        return value if value is None else check_timeframe(value)

    @field_validator("pair")
    @classmethod
    def _pair(cls, value: str | None) -> str | None:
        if value is not None and not _PAIR.fullmatch(value):
            raise ValueError(f'"{value}" is not a pair such as BTC/USDT')
        return value

    @property
    def sources(self) -> tuple[str, ...]:
        """``source`` as a tuple; empty where the function's own default is meant."""
        if self.source is None:
            return ()
        return (self.source,) if isinstance(self.source, str) else tuple(self.source)


class ParameterSpec(Frozen):
    """A number that Freqtrade's hyperopt may change; rules use its name."""

    name: str
    kind: Literal["int", "decimal", "real"] = "int"
    low: float = Field(ge=-MAX_NUMBER, le=MAX_NUMBER)
    high: float = Field(ge=-MAX_NUMBER, le=MAX_NUMBER)
    default: float
    decimals: int = Field(default=3, ge=1, le=8, description="For the kind decimal")
    space: str = Field(default="buy", pattern=r"^(buy|sell)$")

    @field_validator("name")
    @classmethod
    def _name(cls, value: str) -> str:
        return check_identifier(value)

    @model_validator(mode="after")
    def _range(self) -> ParameterSpec:
        if not self.low < self.high:
            raise ValueError("low must be below high")
        if not self.low <= self.default <= self.high:
            raise ValueError("default must lie between low and high")
        if self.kind == "int" and any(v != int(v) for v in (self.low, self.high, self.default)):
            raise ValueError("an int has whole numbers as low, high and default")
        return self


class Design(Frozen):
    """What a strategy is to do.

    All rules of one list must hold together; alternatives are written with ``or``.
    """

    contract: Literal[1] = 1
    name: str = Field(description="Class name of the strategy, in CamelCase")
    kind: str = Field(default="other", description="One of " + ", ".join(KINDS))
    hypothesis: str = Field(default="", max_length=2000, description="Why it should work")
    timeframe: str
    can_short: bool = False
    indicators: list[IndicatorSpec] = Field(default_factory=list, max_length=MAX_INDICATORS)
    entry_long: list[str] = Field(default_factory=list, max_length=MAX_RULES)
    exit_long: list[str] = Field(default_factory=list, max_length=MAX_RULES)
    entry_short: list[str] = Field(default_factory=list, max_length=MAX_RULES)
    exit_short: list[str] = Field(default_factory=list, max_length=MAX_RULES)
    in_words: InWords | None = Field(
        default=None, description="Conditions that no rule can say; a model writes their code"
    )
    risk: Risk
    parameters: list[ParameterSpec] = Field(default_factory=list, max_length=MAX_PARAMETERS)

    @field_validator("name")
    @classmethod
    def _name(cls, value: str) -> str:
        if not re.fullmatch(r"[A-Z][A-Za-z0-9]{0,63}", value):
            raise ValueError(
                f'"{value}" is not a class name: a capital letter, then letters and digits'
            )
        taken = taken_by_module(value)
        if taken:
            raise ValueError(f'"{value}" {taken}; call it {value}Strategy')
        return value

    @field_validator("kind")
    @classmethod
    def _kind(cls, value: str) -> str:
        if value not in KINDS:
            raise ValueError(f'"{value}" is none of {", ".join(KINDS)}')
        return value

    @field_validator("timeframe")
    @classmethod
    def _timeframe(cls, value: str) -> str:
        return check_timeframe(value)

    @model_validator(mode="after")
    def _whole(self) -> Design:
        if not self.entries("long") and not self.entries("short"):
            raise ValueError("there is no entry rule: entry_long and entry_short are empty")
        shorts = (*self.entries("short"), *self.exit_short, *self.words("exit_short"))
        if shorts and not self.can_short:
            raise ValueError("rules for shorts need can_short to be true")
        names = [i.id for i in self.indicators] + [p.name for p in self.parameters]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f'the name "{name}" is used twice')
        return self

    def words(self, rule_list: str) -> tuple[str, ...]:
        """What narrows the rules of a list and is said in words, as in ``entry_long``."""
        return self.in_words.of(rule_list) if self.in_words else ()

    @property
    def worded(self) -> tuple[str, ...]:
        """Everything that it says in words, which only a model can write as code."""
        return self.in_words.all() if self.in_words else ()

    def entries(self, side: str) -> tuple[str, ...]:
        """What enters a side, ``long`` or ``short``: its rules, and its conditions in words."""
        return (*getattr(self, f"entry_{side}"), *self.words(f"entry_{side}"))

    @classmethod
    def from_json(cls, text: str, *, origin: str = "the design") -> Design:
        """Read a design.

        :param origin: What the text is called in messages, as in a file's name.
        :raises DesignError: Naming the line of broken JSON or the path of the first bad field.
        """
        try:
            data = json.loads(text, parse_int=read_whole)
        except json.JSONDecodeError as exc:
            raise DesignError(
                f"{origin} is not JSON: {exc.msg} in line {exc.lineno}, column {exc.colno}",
                hint="freqgen design prints a design to start from",
            ) from exc
        except RecursionError as exc:
            raise DesignError(f"{origin} is nested too deeply") from exc
        return cls.from_data(data, origin=origin)

    @classmethod
    def from_data(cls, data: Any, *, origin: str = "the design") -> Design:
        """Make a design of decoded JSON.

        :raises DesignError: With the path of the first bad field.
        """
        check_plain(data, origin)
        try:
            design = cls.model_validate(data)
        except ValidationError as exc:
            known = [*cls.model_fields, *Risk.model_fields, *IndicatorSpec.model_fields]
            raise design_error(exc, origin, known) from exc
        check_protections(design.risk.protections)
        return design

    def to_json(self) -> str:
        """The design as indented JSON, ending in a line feed; what ``from_json`` reads."""
        return json.dumps(self.to_data(), indent=2, ensure_ascii=False) + "\n"

    def to_data(self) -> dict[str, Any]:
        """The design as JSON values; ``in_words`` only where there are any."""
        return self.model_dump(mode="json", exclude=None if self.worded else {"in_words"})
