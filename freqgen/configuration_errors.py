"""Errors of configurations as one line each, which shows no secret."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, get_args

from freqgen.configuration import SECTION
from freqgen.exceptions import SettingsError

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError as SchemaError
    from pydantic import ValidationError
    from pydantic.fields import FieldInfo

_SECRET = re.compile(
    r"key|secret|pass|token|uid|private|wallet_?address|account|url|chat_?id|two_?fa|auth|headers"
    r"|^exchange$|^telegram$|^webhook$|^discord$|^api_server$|^ccxt_",
    re.IGNORECASE,
)
"""Names of fields, and of sections, whose values no message shows."""

_HARMLESS = frozenset({"name", "pair_whitelist", "pair_blacklist", "max_tokens"})
"""Fields of such sections whose values are shown all the same, where they are plain."""


def _shown(value: object) -> str:
    """A value as it stands in JSON, cut short."""
    import json

    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."


def kind_of(value: object) -> str:
    """What kind of value it is, for values that are not shown."""
    kinds = {bool: "true or false", str: "a text", list: "a list", dict: "an object"}
    return kinds.get(type(value), "null" if value is None else "a number")


def _told(path: Sequence[str | int], value: object) -> str:
    """A wrong value for a message: itself, or only its kind where it may be secret."""
    names = [str(part) for part in path if isinstance(part, str)]
    if isinstance(value, dict):
        return kind_of(value)
    if any(_SECRET.search(name) for name in names) and names[-1] not in _HARMLESS:
        return kind_of(value)
    return _shown(value)


def _dotted(path: Sequence[str | int]) -> str:
    name = ""
    for part in path:
        name += f"[{part}]" if isinstance(part, int) else f".{part}" if name else part
    return name


def _hint(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"the nearest is {near[0]}" if near else "there are " + ", ".join(known)


_TYPES = {
    "int_type": "a whole number",
    "float_type": "a number",
    "string_type": "a text",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "finite_number": "a finite number",
    "string_too_short": "a text that is not empty",
}


def settings_error(
    exc: ValidationError, fields: Mapping[str, FieldInfo], section: str = SECTION
) -> SettingsError:
    """What is wrong with the section of freqgen.

    :param fields: The settings that there are.
    :param section: What the path of a field begins with.
    """
    error = exc.errors(include_url=False)[0]
    path = [part for part in error["loc"] if part != "[key]"]
    name = _dotted([section, *path])
    top = str(path[0])
    kind = error["type"]
    if kind == "extra_forbidden":
        return SettingsError(
            f"{name}: is not a setting of freqgen",
            field=name,
            hint=_hint(str(path[-1]), list(_siblings(path, fields))),
        )
    if kind == "string_pattern_mismatch" and top in {"prompts", "steps"}:
        return SettingsError(
            f"{name}: is not a step", field=name, hint="the steps are design, code, repair"
        )
    field = _siblings(path, fields).get(str(path[-1])) or fields[top]
    wanted = _TYPES.get(kind) or _range(field.metadata) or error["msg"]
    if kind == "string_pattern_mismatch":
        wanted = "an address that begins with http:// or https:// and holds no user name"
    value = f", not {_told(path, error['input'])}"
    return SettingsError(
        f"{name}: must be {wanted}{value}",
        field=name,
        hint=f"{field.description or ''}; as in {EXAMPLES.get(top, EXAMPLES['providers'])}",
    )


def _siblings(
    path: Sequence[str | int], fields: Mapping[str, FieldInfo]
) -> Mapping[str, FieldInfo]:
    """The settings among which the last part of a path is looked for."""
    for part in path[:-1]:
        field = fields.get(str(part))
        if field is not None:
            kinds = (field.annotation, *get_args(field.annotation))
            below = [one for one in kinds if hasattr(one, "model_fields")]
            fields = below[0].model_fields if below else fields
    return fields


EXAMPLES = {
    "design_model": '"design_model": "offline"',
    "code_model": '"code_model": "compiler"',
    "prompts": '"prompts": {"code": "default"}',
    "providers": '"providers": {"openai": {"base_url": "http://localhost:11434/v1"}}',
    "steps": '"steps": {"code": {"temperature": 0.1, "max_tokens": 8000}}',
    "max_attempts": '"max_attempts": 3',
    "limits": '"limits": {"max_leverage": 5, "max_open_trades": 20}',
    "disabled_plugins": '"disabled_plugins": ["types"]',
    "evaluators": '"evaluators": ["lookahead-analysis"]',
    "db_url": '"db_url": "sqlite:////home/me/freqgen.sqlite"',
    "backtest_timeout": '"backtest_timeout": 600',
    "backtest_memory_mb": '"backtest_memory_mb": 4096',
}
"""A right value of each setting, for hints."""


def _range(limits: Sequence[Any]) -> str:
    """The limits of a number in words."""
    low = next((limit.ge for limit in limits if hasattr(limit, "ge")), None)
    high = next((limit.le for limit in limits if hasattr(limit, "le")), None)
    above = next((limit.gt for limit in limits if hasattr(limit, "gt")), None)
    below = next((limit.lt for limit in limits if hasattr(limit, "lt")), None)
    if low is not None and high is not None:
        return f"from {low} to {high}"
    if above is not None and high is not None:
        return f"above {above} and at most {high}"
    if above is not None and below is not None:
        return f"above {above} and below {below}"
    if low is not None:
        return f"at least {low}"
    return f"above {above}" if above is not None else ""


def check_schema(config: Mapping[str, Any]) -> None:
    """Hold a configuration to Freqtrade's own schema.

    Nothing is required at the top level: what is missing there is filled in.

    :raises SettingsError: Naming the field that matters most, in one line.
    """
    from freqtrade.config_schema.config_schema import CONF_SCHEMA
    from jsonschema import Draft4Validator, validators
    from jsonschema.exceptions import best_match

    check_properties = Draft4Validator.VALIDATORS["properties"]

    def with_defaults(validator: Any, properties: Any, instance: Any, schema: Any) -> Any:
        # Freqtrade puts its schema's defaults in before it looks for what is required.
        if isinstance(instance, dict):
            for name, part in properties.items():
                if "default" in part:
                    instance.setdefault(name, part["default"])
        yield from check_properties(validator, properties, instance, schema)

    schema = {key: value for key, value in CONF_SCHEMA.items() if key != "required"}
    tried = deepcopy(dict(config))
    exchange = tried.get("exchange")
    if isinstance(exchange, dict):
        exchange.setdefault("name", "")
    validator = validators.extend(Draft4Validator, {"properties": with_defaults})(schema)
    error = best_match(validator.iter_errors(tried))
    if error is not None:
        raise _schema_error(error)


_SCHEMA_TYPES = {
    "number": "a number",
    "integer": "a whole number",
    "string": "a text",
    "boolean": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
}


def _schema_error(error: SchemaError) -> SettingsError:
    path = list(error.absolute_path)
    name = _dotted(path) or "the configuration"
    got = f", not {_told(path, error.instance)}"
    rule, limit = str(error.validator), error.validator_value
    hint = "this field is Freqtrade's; its documentation lists the values"
    if rule == "type":
        kinds = [limit] if isinstance(limit, str) else list(limit)
        words = list(dict.fromkeys(_SCHEMA_TYPES.get(kind, kind) for kind in kinds))
        message = f"must be {' or '.join(words)}{got}"
    elif rule == "enum":
        known = [str(value) for value in limit if value is not None]
        message = f"must be one of {', '.join(known)}{got}"
        message = message if len(message) < 300 else f"is not a value that Freqtrade knows{got}"
        near = get_close_matches(str(error.instance), known, n=1)
        hint = f"the nearest is {near[0]}" if near else hint
    elif rule in {"minimum", "maximum"}:
        message = f"must be at {'least' if rule == 'minimum' else 'most'} {limit}{got}"
    elif rule == "required":
        missing = next((key for key in limit if key not in (error.instance or {})), "a field")
        name = _dotted([*path, missing])
        message = "is missing"
    else:
        message = f"breaks Freqtrade's schema ({rule}){got}"
    return SettingsError(f"{name}: {message}", field=name, hint=hint)
