"""A JSON schema in the form that vendors hold a model to, and answers back in the schema's own.

Vendors that let a model write only what a schema allows take a part of JSON schema only. What
they agree on is: every object names its properties, requires all of them and allows no others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from freqgen.generation.json_reply import without_repetition

_SAID = {
    "minimum": "at least {}",
    "exclusiveMinimum": "above {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "below {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} entries",
    "maxItems": "at most {} entries",
    "maxProperties": "at most {} entries",
    "pattern": "matching {}",
}
"""Limits that no grammar can hold a model to, in words for the description."""

_IGNORED = frozenset({"title", "default", "examples", "format", "discriminator", "$schema"})

_SCALARS: tuple[dict[str, Any], ...] = (
    {"type": "string"},
    {"type": "number"},
    {"type": "boolean"},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StrictSchema:
    """A JSON schema and its strict form.

    What is done to get from one to the other:

    - every object requires all of its properties and allows no others, so that a model says
      ``null`` or the default where it would have left a field out;
    - an object of any keys, as the parameters of an indicator are, becomes a list of entries
      ``{"name": …, "value": …}``, which :meth:`restored` makes an object again;
    - a value of any type becomes a text, a number or true or false;
    - limits of numbers, texts and lists are said in the description, since a grammar cannot
      count; freqgen checks them in the reply, as it checks everything;
    - ``const`` becomes ``enum``, ``oneOf`` becomes ``anyOf``; titles and defaults are left out.

    :param original: The schema as it was asked for.
    :param schema: Its strict form.
    """

    original: Mapping[str, Any]
    schema: dict[str, Any]

    @classmethod
    def of(cls, original: Mapping[str, Any]) -> StrictSchema:
        """Bring a schema into its strict form.

        :raises ValueError: If a part of it has none; a vendor's JSON mode takes it as it is.
        """
        schema = _strict(original)
        if schema.get("type") != "object":
            raise ValueError("the answer must be an object")
        definitions = original.get("$defs", {})
        if definitions:
            schema["$defs"] = {name: _strict(one) for name, one in definitions.items()}
        return cls(original=original, schema=schema)

    def restored(self, text: str) -> str:
        """An answer that follows the strict form, as one that follows the original.

        What is no JSON, or follows neither, is given back as it is: whoever asked will say what
        is wrong with it. So is what has a name twice in one object.
        """
        try:
            data = json.loads(text, object_pairs_hook=without_repetition)
        except (ValueError, RecursionError):
            return text
        back = _restored(data, self.original, self.original)
        return text if back == data else json.dumps(back, ensure_ascii=False)


def _strict(schema: Mapping[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    kind = schema.get("type")
    strict: dict[str, Any] = _object(schema) if kind == "object" else {}
    said = [str(schema["description"])] if schema.get("description") else []
    limits = [words.format(schema[key]) for key, words in _SAID.items() if key in schema]
    if kind == "object" and strict["type"] == "array":
        said.append("(a list of entries, each with a name and a value)")
    if limits:
        said.append(f"({', '.join(limits)})")
    if said:
        strict["description"] = " ".join(said)
    variants = schema.get("anyOf", schema.get("oneOf"))
    if kind == "object":
        return strict
    if "const" in schema:
        strict["enum"] = [schema["const"]]
        kind = kind or _kind_of(schema["const"])
        strict["type"] = kind
    elif "enum" in schema:
        strict["enum"] = list(schema["enum"])
        if kind is not None:
            strict["type"] = kind
    elif variants is not None:
        strict |= _variants([_strict(one) for one in variants])
    elif kind == "array":
        strict |= {"type": "array", "items": _strict(schema.get("items", {}))}
    elif kind in {"string", "number", "integer", "boolean", "null"}:
        strict["type"] = kind
    elif not {*schema} - {"description", *_IGNORED}:
        strict["anyOf"] = [dict(one) for one in _SCALARS]
    else:
        raise ValueError(f"no strict form of {', '.join(sorted(schema))}")
    return strict


def _object(schema: Mapping[str, Any]) -> dict[str, Any]:
    properties = schema.get("properties")
    others = schema.get("additionalProperties", not properties)
    if properties and others:
        raise ValueError("an object that names properties and allows others")
    if properties or not others:
        strict = {name: _strict(one) for name, one in (properties or {}).items()}
        return {
            "type": "object",
            "properties": strict,
            "required": list(strict),
            "additionalProperties": False,
        }
    value = _strict(others if isinstance(others, Mapping) else {})
    entry = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "value": value},
        "required": ["name", "value"],
        "additionalProperties": False,
    }
    return {"type": "array", "items": entry}


def _variants(found: list[dict[str, Any]]) -> dict[str, Any]:
    """One of several; a whole number is a number anyway, and vendors count the choices."""
    if {"type": "number"} in found:
        found = [one for one in found if one != {"type": "integer"}]
    return found[0] if len(found) == 1 else {"anyOf": found}


def _kind_of(value: object) -> str:
    kinds = {str: "string", bool: "boolean", int: "integer", float: "number"}
    return kinds.get(type(value), "null")


def _restored(data: Any, schema: Mapping[str, Any], root: Mapping[str, Any]) -> Any:
    schema = _resolved(schema, root)
    variants = schema.get("anyOf", schema.get("oneOf"))
    if variants is not None:
        changed = (_restored(data, one, root) for one in variants if _may_be(data, one, root))
        return next((one for one in changed if one != data), data)
    kind = schema.get("type")
    if kind == "object" and schema.get("properties"):
        if not isinstance(data, dict):
            return data
        fields = schema["properties"]
        return {
            key: _restored(value, fields[key], root) if key in fields else value
            for key, value in data.items()
        }
    if kind == "object" and isinstance(data, list):
        return _as_map(data)
    if kind == "array" and isinstance(data, list):
        return [_restored(one, schema.get("items", {}), root) for one in data]
    return data


def _as_map(entries: list[Any]) -> Any:
    """A list of names and values as an object, unless it is something else."""
    if not all(isinstance(one, dict) and {*one} == {"name", "value"} for one in entries):
        return entries
    names = [one["name"] for one in entries]
    if not all(isinstance(name, str) for name in names) or len({*names}) < len(names):
        return entries
    return {one["name"]: one["value"] for one in entries}


def _may_be(data: Any, schema: Mapping[str, Any], root: Mapping[str, Any]) -> bool:
    schema = _resolved(schema, root)
    if isinstance(data, dict):
        return {*data} <= {*schema.get("properties", ())}
    return isinstance(data, list) and schema.get("type") in {"array", "object"}


def _resolved(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in schema:
        return schema
    found: Mapping[str, Any] = root.get("$defs", {}).get(schema["$ref"].rpartition("/")[2], {})
    return found
