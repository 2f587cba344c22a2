"""What plugins registered, by name and owner, and the shape that each kind of thing must have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

from freqgen.exceptions import DuplicateNameError, PluginError

T = TypeVar("T")

Claim: TypeAlias = tuple[str, str]
"""What a name is for, and the name; nobody else may have both."""

Entry: TypeAlias = tuple[str, Any, str]
"""Name in the registry, what was registered, and the plugin that did."""

STEPS = ("design", "code", "repair")
"""The values of :class:`freqgen.Step`, which is not imported to keep the start quick."""


class Registry(Mapping[str, T], Generic[T]):
    """What plugins registered for one hook, by name, with the plugin that owns each.

    :param kind: What it holds, as in ``provider``.
    """

    def __init__(self, kind: str, entries: Iterable[Entry] = ()) -> None:
        self.kind = kind
        self._items: dict[str, T] = {}
        self._owners: dict[str, str] = {}
        for name, item, owner in entries:
            self._items[name] = item
            self._owners[name] = owner

    def __getitem__(self, name: str) -> T:
        return self._items[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def owner(self, name: str) -> str:
        """Name of the plugin that registered ``name``."""
        return self._owners[name]

    def of(self, owner: str) -> tuple[str, ...]:
        """The names that one plugin registered."""
        return tuple(name for name in self._items if self._owners[name] == owner)


def _its_name(kind: str) -> Callable[[Any, str, str], Sequence[Claim]]:
    def claims(_item: Any, name: str, _owner: str) -> Sequence[Claim]:
        return ((kind, name),)

    return claims


def _provider_claims(_item: Any, name: str, owner: str) -> Sequence[Claim]:
    if ":" in name or any(c.isspace() for c in name):
        raise PluginError(
            f'the provider "{name}" of plugin "{owner}" has a colon or a space in its name',
            hint="a provider is addressed as provider:model",
        )
    return (("provider", name),)


def _builder_claims(item: Any, name: str, owner: str) -> Sequence[Claim]:
    if item.step not in STEPS:
        raise PluginError(
            f'the prompt builder "{name}" of plugin "{owner}" is for the step "{item.step}"',
            hint=f"the steps are {', '.join(STEPS)}",
        )
    return (("prompt builder", f"{item.step}:{name}"),)


def _validator_claims(item: Any, name: str, owner: str) -> Sequence[Claim]:
    codes = item.codes
    if (
        not isinstance(codes, tuple)
        or not codes
        or not all(isinstance(code, str) and code for code in codes)
    ):
        raise PluginError(
            f'the validator "{name}" of plugin "{owner}" has `codes` = {codes!r:.60}',
            hint='make it a tuple with at least one text, as in ("XY101",)',
        )
    if not hasattr(item.phase, "order"):
        raise PluginError(
            f'the validator "{name}" of plugin "{owner}" has `phase` = {item.phase!r:.60}',
            hint="take one of freqgen.Phase",
        )
    return (("validator", name), *(("finding code", code) for code in codes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a hook collects, and the least that an object must have to be registered.

    :param methods: Must be there and callable.
    :param values: Must be there.
    :param claims: Gives the names that an object takes, from object, name and owner; the
        first is its name in the registry. May refuse the object with a ``PluginError``.
    """

    name: str
    hook: str
    claims: Callable[[Any, str, str], Sequence[Claim]]
    methods: tuple[str, ...] = ()
    values: tuple[str, ...] = ()

    def check(self, item: object, owner: str) -> str:
        """Return the name of an object that a plugin wants to register.

        :raises PluginError: Saying what the object lacks.
        """
        name = getattr(item, "name", None)
        if not isinstance(name, str) or not name.strip():
            raise PluginError(
                f'plugin "{owner}" registers a {self.name} without a name: {item!r:.80}',
                hint="give it an attribute or property `name`, a text that is not empty",
            )
        for attribute in (*self.values, *self.methods):
            value = getattr(item, attribute, None)
            if value is None or (attribute in self.methods and not callable(value)):
                what = "method" if attribute in self.methods else "attribute"
                raise PluginError(
                    f'the {self.name} "{name}" of plugin "{owner}" has no {what} `{attribute}`',
                    hint=f"docs/plugins/hooks.md shows what {self.hook} expects",
                )
        return name


PROVIDER = Kind(
    name="provider",
    hook="register_providers",
    claims=_provider_claims,
    values=("deterministic",),
    methods=("models", "answer"),
)
PROMPT_BUILDER = Kind(
    name="prompt builder",
    hook="register_prompt_builders",
    claims=_builder_claims,
    values=("step",),
    methods=("build",),
)
VALIDATOR = Kind(
    name="validator",
    hook="register_validators",
    claims=_validator_claims,
    values=("phase", "codes"),
    methods=("check",),
)
EVALUATOR = Kind(
    name="evaluator",
    hook="register_evaluators",
    claims=_its_name("evaluator"),
    methods=("measure",),
)
GATE = Kind(name="gate", hook="register_gates", claims=_its_name("gate"), methods=("judge",))
INDICATOR = Kind(name="indicator", hook="register_indicators", claims=_its_name("indicator"))

KINDS = (PROVIDER, PROMPT_BUILDER, VALIDATOR, EVALUATOR, GATE, INDICATOR)


@dataclass(slots=True)
class Collection:
    """Gathers what all plugins register for one hook: of each plugin all, or nothing."""

    kind: Kind
    entries: list[Entry] = field(default_factory=list)
    taken: dict[Claim, str] = field(default_factory=dict)

    def gather(self, owner: str, call: Callable[[Callable[[Any], None]], object]) -> None:
        """Let one plugin register.

        :param call: Calls the plugin's hook with the function ``register``. If it raises,
            nothing of what this plugin registered is kept.
        """
        mine: list[Entry] = []
        claimed: dict[Claim, str] = {}

        def register(item: Any) -> None:
            name = self.kind.check(item, owner)
            claims = self.kind.claims(item, name, owner)
            for claim in claims:
                first = self.taken.get(claim) or claimed.get(claim)
                if first:
                    kind, wanted = claim
                    raise DuplicateNameError(kind=kind, name=wanted, first=first, second=owner)
            claimed.update(dict.fromkeys(claims, owner))
            mine.append((claims[0][1], item, owner))

        call(register)
        self.entries += mine
        self.taken |= claimed
