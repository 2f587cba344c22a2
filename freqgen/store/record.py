"""What is kept of one strategy: the record, its attempts and the decisions about it."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import PurePath
from typing import Any

from freqtrade import __version__ as freqtrade_version

from freqgen import __version__
from freqgen.evaluation.gate import Decision
from freqgen.exceptions import StoreError
from freqgen.generation.provider import Usage
from freqgen.store.status import Status as Status  # noqa: PLC0414  (found here too)
from freqgen.store.status import first_status


def plain(value: Any) -> Any:
    """Copy a value into what JSON can hold.

    Mappings become dictionaries with text keys, sequences lists, enumerations their values,
    times ISO 8601, numpy's scalars Python's numbers. Numbers that are not finite become
    ``None``, because JSON has none of them and some databases refuse them.

    :raises StoreError: If the value has no counterpart in JSON.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {_key(key): plain(item) for key, item in value.items()}
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, bytes | bytearray):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return [plain(item) for item in items]
    if callable(getattr(value, "to_dict", None)):
        return plain(value.to_dict())
    if callable(getattr(value, "item", None)):  # numpy's scalars
        return plain(value.item())
    raise StoreError(
        f"a {type(value).__name__} cannot be stored",
        hint="measurements and findings hold JSON values only: numbers, text, lists, mappings",
    )


def _key(key: Any) -> str:
    converted = plain(key)
    return converted if isinstance(converted, str) else json.dumps(converted)


def canonical_json(value: Any) -> str:
    """JSON that is the same for equal values, whatever the order of their keys."""
    return json.dumps(plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def sha256_text(text: str) -> str:
    """Hex digest of a text in UTF-8."""
    return hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()


def sha256_json(value: Any) -> str:
    """Hex digest of a JSON value, the same whatever the order of its keys."""
    return sha256_text(canonical_json(value))


def now() -> datetime:
    """The present in UTC, to the microsecond."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Everything about one strategy: what was asked, what was made, what was found.

    A record without an id has not been stored. ``Store.add`` gives it an id, a revision and
    a parent. What can be computed from other fields (hashes, status, class name, time,
    versions) is, unless it is given.

    :param name: Name of the strategy; revisions count per name.
    :param source: The Python file; empty if none came about.
    :param decision: What freqgen decided, or ``None`` if it was not asked to judge.
    :param id: 12 lower-case letters and digits; ids sort by time and any unique beginning
        of one will do on the command line.
    :param revision: 1, 2, … per name; 0 before it is stored.
    :param parent: Id of the previous revision, or ``None``.
    :param status: Where it stands; begins as :func:`first_status` of the decision.
    :param created: When it was made, UTC.
    :param class_name: Name of the strategy class; the name unless it is given.
    :param brief: The words it came from; empty for a design or file given as such.
    :param constraints: What was said beside the words.
    :param reading: What became of the words: ``read``, ``unread`` and ``defaults``.
    :param design: The design as JSON values, or ``None``.
    :param design_sha256: Digest of the design, the same whatever the order of its keys.
    :param source_sha256: Digest of the source.
    :param design_origin: Who made the design, as in ``offline`` or ``anthropic:claude``.
    :param code_origin: Who wrote the source, as in ``compiler``.
    :param findings: As :meth:`freqgen.finding.Finding.to_dict` gives them.
    :param gates: As :meth:`freqgen.evaluation.gate.GateResult.to_dict` gives them.
    :param measurements: Values by name of the evaluator.
    :param market: What its backtest ran on: ``real`` candles, the ``synthetic`` ones of the
        demo market, or ``None`` if it was not run.
    :param exchange: Name of the exchange whose rules the backtest followed; empty if none ran.
    :param trading_mode: ``spot`` or ``futures``; empty if none ran.
    :param timerange: First and last day that were tested, as in ``20240101-20241231``; empty
        if none ran.
    :param usage: What all calls to providers took.
    :param timings: Seconds by step.
    :param attempts: How many drafts were written.
    :param freqgen_version: Version that made it.
    :param freqtrade_version: Version of Freqtrade that it was checked against.
    """

    name: str
    source: str
    decision: Decision | None = None
    id: str = ""
    revision: int = 0
    parent: str | None = None
    status: Status = Status.DRAFT
    created: datetime = field(default_factory=now)
    class_name: str = ""
    brief: str = ""
    constraints: Mapping[str, Any] = field(default_factory=dict)
    reading: Mapping[str, Any] | None = None
    design: Mapping[str, Any] | None = None
    design_sha256: str | None = None
    source_sha256: str = ""
    design_origin: str = ""
    code_origin: str = ""
    findings: Sequence[Mapping[str, Any]] = ()
    gates: Sequence[Mapping[str, Any]] = ()
    measurements: Mapping[str, Any] = field(default_factory=dict)
    market: str | None = None
    exchange: str = ""
    trading_mode: str = ""
    timerange: str = ""
    usage: Usage = field(default_factory=Usage)
    timings: Mapping[str, float] = field(default_factory=dict)
    attempts: int = 0
    freqgen_version: str = __version__
    freqtrade_version: str = freqtrade_version

    def __post_init__(self) -> None:
        give = object.__setattr__
        for one in ("constraints", "measurements", "timings", "reading", "design"):
            give(self, one, plain(getattr(self, one)))
        for several in ("findings", "gates"):
            give(self, several, tuple(plain(list(getattr(self, several)))))
        give(self, "class_name", self.class_name or self.name)
        give(self, "source_sha256", self.source_sha256 or sha256_text(self.source))
        if self.design is not None and not self.design_sha256:
            give(self, "design_sha256", sha256_json(self.design))
        if not self.id:
            give(self, "status", first_status(self.decision))

    @property
    def path(self) -> str:
        """Where its file belongs, relative to the user directory, with forward slashes.

        An allowed or approved strategy lies where Freqtrade looks for strategies, anything
        else where it does not. A later revision may have taken the place of an earlier one:
        :func:`freqgen.store.files.file_state` says what lies there.
        """
        if self.status.usable:
            return f"strategies/{self.class_name}.py"
        return f"freqgen/drafts/{self.id}/{self.class_name}.py"

    @property
    def fingerprint(self) -> str:
        """Digest of everything that never changes once it is stored: all but the status."""
        content = self.to_dict()
        del content["status"], content["path"]
        return sha256_json(content)

    def to_dict(self) -> dict[str, Any]:
        """The record as JSON values."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        values["created"] = self.created.isoformat()
        values["path"] = self.path
        converted: dict[str, Any] = plain(values)
        return converted


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One question to a provider and what came of it.

    :param record_id: The record it belongs to; given by the store.
    :param number: 1, 2, … within the record, in the order they were made.
    :param step: ``design``, ``code`` or ``repair``.
    :param provider: Name of the provider.
    :param model: The model that answered; empty where there is none.
    :param prompt_sha256: Digest of the prompt, which the audit log holds in full.
    :param reply: The answer as it came; empty if none did.
    :param reason: Why a draft of code was asked for: ``first``, ``repair`` or ``fresh``; empty
        for a design.
    :param source: The code after freqgen mended it; empty where it mended nothing.
    :param findings: What was wrong with it.
    :param mended: What freqgen mended in it.
    :param seconds: How long the answer took.
    :param usage: Tokens and cost.
    :param error: Why there is no usable answer; empty if there is one.
    """

    number: int
    step: str
    provider: str
    model: str = ""
    prompt_sha256: str = ""
    reply: str = ""
    reason: str = ""
    source: str = ""
    findings: Sequence[Mapping[str, Any]] = ()
    mended: Sequence[Mapping[str, Any]] = ()
    seconds: float = 0.0
    usage: Usage = field(default_factory=Usage)
    error: str = ""
    record_id: str = ""

    def __post_init__(self) -> None:
        for text in ("step", "reason"):
            object.__setattr__(self, text, str(getattr(self, text)))
        for several in ("findings", "mended"):
            object.__setattr__(self, several, tuple(plain(list(getattr(self, several)))))

    def to_dict(self) -> dict[str, Any]:
        """The attempt as JSON values."""
        converted: dict[str, Any] = plain(
            {one.name: getattr(self, one.name) for one in fields(self)}
        )
        return converted


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    """A decision about a record: freqgen's first, a person's later ones.

    :param time: When, UTC.
    :param previous: ``None`` for the first one.
    :param reason: Why, in the words of who decided; may be empty.
    """

    record_id: str
    time: datetime
    previous: Status | None
    status: Status
    reason: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The decision as JSON values."""
        converted: dict[str, Any] = plain(
            {one.name: getattr(self, one.name) for one in fields(self)}
        )
        return converted
