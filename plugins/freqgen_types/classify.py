"""Sorts what mypy says into errors, warnings and noise."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable

from freqgen import Finding, Phase
from freqgen_types import plain
from freqgen_types.checking import Message
from freqgen_types.hints import hint_of
from freqgen_types.overrides import callable_with, superclass_parameters
from freqgen_types.plain import ERROR, PARAMETERS, WARNING, Verdict
from freqgen_types.source_text import SourceText

# What the stubs of pandas, NumPy and TA-Lib bring about in sound strategies: scalars of unknown
# type, overloads that lag behind the library, variables that are used again for another type.
_NOISE = frozenset(
    [
        "annotation-unchecked",
        "comparison-overlap",
        "dict-item",
        "has-type",
        "import",
        "import-not-found",
        "import-untyped",
        "index",
        "list-item",
        "no-any-return",
        "no-untyped-call",
        "no-untyped-def",
        "return-type",
        "type-arg",
        "typeddict-item",
        "unused-ignore",
        "valid-type",
        "var-annotated",
    ]
)

# Classes of Freqtrade's of which mypy knows all attributes.
KNOWN_TYPES = frozenset(
    {"DataProvider", "LocalTrade", "Order", "RunMode", "Trade", "Wallets", *PARAMETERS}
)
_TALIB_INPUTS = re.compile(r"(open|high|low|close|volume|real|periods|prices?)\d*")
_PLAIN = re.compile(r"(int|float|str|bool|None|(list|dict|tuple|set)\[.*\])")
_ATTRIBUTE = re.compile(
    r'^(?:"(?P<owner>[^"]+)"|(?P<module>Module)(?: "(?P<path>[^"]+)")?) '
    r'has no attribute "(?P<name>\w+)"'
)
_BASE_CLASS = re.compile(
    r'expression has type "(?P<type>[^"]+)", base class "\w+" defined the type as "(?P<base>.+)"\)'
)
_RETURN = re.compile(r'\(got "(?P<got>[^"]+)", expected "(?P<wanted>[^"]+)"\)')
_ARGUMENT = re.compile(
    r'^Argument (?:\d+|"\w+") to "(?P<function>\w+)" (?:of "(?P<owner>\w+)" )?has incompatible '
    r'type "(?P<got>[^"]+)"; expected "(?P<wanted>[^"]+)"'
)
_UNEXPECTED = re.compile(
    r'^Unexpected keyword argument "(?P<name>\w+)" for overloaded function "(?P<function>\w+)"'
)

# What a plain type of mypy is at run time. An int is taken where a float is expected.
_TYPES: dict[str, tuple[type, ...]] = {
    "bool": (bool,),
    "float": (int, float),
    "int": (int,),
    "str": (str,),
}

# Methods of IStrategy that must not return None. In a function of the author's own the path
# without a return may be one that is never taken.
ANSWERING = frozenset(
    [
        "check_entry_timeout",
        "check_exit_timeout",
        "confirm_trade_entry",
        "confirm_trade_exit",
        "custom_entry_price",
        "custom_exit_price",
        "custom_stake_amount",
        "informative_pairs",
        "leverage",
    ]
)

# Methods of IStrategy that may return None.
OPTIONAL = frozenset(
    [
        "adjust_entry_price",
        "adjust_exit_price",
        "adjust_order_price",
        "adjust_trade_position",
        "bot_loop_start",
        "bot_start",
        "custom_exit",
        "custom_roi",
        "custom_sell",
        "custom_stoploss",
        "order_filled",
        "version",
    ]
)


def classify(source: str, messages: Iterable[Message]) -> list[Finding]:
    """The findings that are the strategy's own fault.

    :param source: What mypy checked.
    """
    text = SourceText().read(source)
    found: dict[tuple[int, str], Finding] = {}
    for message in messages:
        verdict = _judge(message, text)
        if verdict is None:
            continue
        code, severity = verdict
        finding = Finding(
            code=code,
            severity=severity,
            phase=Phase.TYPES,
            message=f"{_sentence(message)} [{message.code}]",
            hint=hint_of(code, message, text.around(message.line), OPTIONAL),
            line=message.line,
            column=message.column,
        )
        key = (message.line, code)
        if key not in found or (found[key].severity is WARNING and severity is ERROR):
            found[key] = finding
    return list(found.values())


def beyond(what: str) -> Finding:
    """The finding for a draft that cannot be checked within its limits.

    :param what: ``time``, ``memory`` or ``depth``.
    """
    return Finding(
        code="FG708",
        severity=ERROR,
        phase=Phase.TYPES,
        message=f"the type check needs more {what} than it may use, so nothing is known of types",
        hint="make the file simpler: no huge constants, deeply built types or generated code",
    )


def _sentence(message: Message) -> str:
    text = message.text.rstrip(".")
    return text[:1].lower() + text[1:]


def _judge(message: Message, text: SourceText) -> Verdict:
    judge = _JUDGES.get(message.code)
    if judge is not None:
        return judge(message, text)
    if message.code in _NOISE:
        return None
    return "FG709", WARNING


def _attribute(message: Message, text: SourceText) -> Verdict:
    match = _ATTRIBUTE.match(message.text)
    if match is None:
        return None
    owner = match["owner"] or ""
    if owner.startswith(("type[", "Type[")):
        owner = owner[5:-1]
    path = match["path"] or ""
    if path.startswith(("freqtrade", "pandas")):
        # Not every module of Freqtrade is followed, and the stubs of pandas lag behind it.
        return ("FG701", WARNING) if path.startswith("pandas") else None
    if match["name"] in text.given_below(owner):
        return "FG701", WARNING
    if match["module"] or owner in KNOWN_TYPES or owner in text.classes:
        return "FG701", ERROR
    if match["name"] == "__iter__":
        return plain.iterated(message.text)
    return plain.attribute(match["owner"] or "")


def _item(message: Message, text: SourceText) -> Verdict:  # noqa: ARG001
    match = re.match(r'Item "(\w+)" of "[^"]+" has no attribute', message.text)
    return ("FG701", ERROR) if match and match[1] in KNOWN_TYPES else None


def _call(message: Message, text: SourceText) -> Verdict:
    owner = re.search(r' of "(\w+)"$', message.text)
    foreign = owner is not None and owner[1] not in KNOWN_TYPES | text.classes
    # The stubs of pandas lag behind it; everything else is read from its source.
    lagging = re.search(r'defined in "(builtins|pandas)', message.hint)
    return "FG702", WARNING if foreign or lagging else ERROR


def _overload(message: Message, text: SourceText) -> Verdict:
    match = _UNEXPECTED.match(message.text)
    if match is None:
        return plain.overload(message.text, text.names)
    if match["function"].isupper() or match["function"].startswith("CDL"):  # of TA-Lib
        return None if _TALIB_INPUTS.fullmatch(match["name"]) else ("FG702", ERROR)
    return "FG702", WARNING


def _argument(message: Message, text: SourceText) -> Verdict:
    match = _ARGUMENT.match(message.text)
    if match is None:
        return None
    if match["got"] in PARAMETERS:
        return None if match["function"] in text.names else ("FG707", ERROR)
    if not _PLAIN.fullmatch(match["got"]):
        return None
    if match["function"] in PARAMETERS or match["function"] == "informative":
        certain, value = text.literals.argument(message.line, message.column)
        if value is not None and _fits(value, match["wanted"]):
            return None  # mypy knows the type of all values beside it, not of this one
        return ("FG702", ERROR) if certain else ("FG702", WARNING)
    foreign = match["owner"] is None or match["owner"] in KNOWN_TYPES
    return ("FG702", WARNING) if foreign and match["function"] not in text.names else None


def _fits(value: object, wanted: str) -> bool:
    """Whether a value has a type that mypy expects, as in ``int | Sequence[int]``."""
    types = [_TYPES.get(part.strip(), ()) for part in wanted.split("|")]
    return any(isinstance(value, kinds) for kinds in types if kinds)


def _override(message: Message, text: SourceText) -> Verdict:
    method = text.functions.get(message.line)
    if method is None or method.name.startswith("populate_"):
        return None  # populate_* has a rule of its own
    if message.text.startswith("Cannot override writeable attribute"):
        return None  # plot_config and protections are documented as properties
    if isinstance(method, ast.AsyncFunctionDef):
        return "FG703", ERROR
    if not message.text.startswith("Signature of"):
        return "FG703", WARNING
    given = superclass_parameters(message.hint, method.name)
    if given is None:
        return "FG703", WARNING
    if method.name == "confirm_trade_exit":
        given = [*given, "sell_reason"]  # which Freqtrade gives too, as it once was called
    return None if callable_with(method, given) else ("FG703", ERROR)


def _return(message: Message, text: SourceText) -> Verdict:
    method = text.functions.get(message.line)
    if method is None or method.returns is None:
        return "FG704", WARNING
    # Falling off the end gives None, which is what Optional allows, or Freqtrade itself.
    allowed = method.name in OPTIONAL or "None" in _words(method.returns)
    certain = method.name in ANSWERING or "DataFrame" in _words(method.returns)
    certain = certain or method.name.startswith("populate_")
    return ("FG704", ERROR) if certain and not allowed else ("FG704", WARNING)


def _words(annotation: ast.expr) -> set[str]:
    words = re.findall(r"\w+", ast.unparse(annotation))
    return {"None" if word == "Optional" else word for word in words}


def _return_value(message: Message, text: SourceText) -> Verdict:
    method = text.around(message.line)
    populates = method is not None and method.name.startswith("populate_")
    if message.text.startswith("Return value expected") and method is not None:
        return ("FG704", ERROR if populates else WARNING) if method.name not in OPTIONAL else None
    match = _RETURN.search(message.text)
    if match is None:
        return None
    if populates and match["got"].startswith("Series["):
        return "FG704", ERROR
    if "DataFrame" in match["wanted"] and _PLAIN.fullmatch(match["got"]):
        return "FG704", ERROR
    return ("FG704", WARNING) if _PLAIN.fullmatch(match["got"]) else None


def _name(message: Message, text: SourceText) -> Verdict:
    match = re.search(r'Name "(\w+)" is', message.text)
    if match is None or (message.line, message.column, match[1]) not in text.evaluated:
        return None  # in an annotation that Python never looks up
    if match[1] in text.globals:
        return None
    return "FG705", ERROR


def _assignment(message: Message, text: SourceText) -> Verdict:
    match = _BASE_CLASS.search(message.text)
    if match is None:
        return ("FG706", WARNING) if message.line in text.settings else None
    plain = _PLAIN.fullmatch(match["type"]) and match["type"] != "None"
    return ("FG706", ERROR) if plain else ("FG706", WARNING)


def _operator(message: Message, text: SourceText) -> Verdict:
    return plain.operator(message.text, message.hint, text.classes)


def _misc(message: Message, text: SourceText) -> Verdict:  # noqa: ARG001
    return plain.iterated(message.text)


def _type_variable(message: Message, text: SourceText) -> Verdict:  # noqa: ARG001
    return plain.variable(message.text)


_JUDGES: dict[str, Callable[[Message, SourceText], Verdict]] = {
    "arg-type": _argument,
    "assignment": _assignment,
    "attr-defined": _attribute,
    "call-arg": _call,
    "call-overload": _overload,
    "misc": _misc,
    "name-defined": _name,
    "operator": _operator,
    "override": _override,
    "return": _return,
    "return-value": _return_value,
    "type-var": _type_variable,
    "union-attr": _item,
    "used-before-def": _name,
}
