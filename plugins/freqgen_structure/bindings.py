"""What a name is bound to where it is read: the one reading of LibCST's scopes.

LibCST says which nodes bind a name; this says how each does it and with what value. All that
follows names goes through it: :meth:`~freqgen_structure.source.Source.bindings` has it for a
name, and :meth:`~freqgen_structure.source.Source.values` the plain values only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from libcst.metadata import BaseAssignment, Scope


class Way(Enum):
    """How a name is bound."""

    ASSIGNED = auto()
    """``name = value``, and ``name, other = value`` where there are places."""
    ANNOTATED = auto()
    """``name: type = value``, or without a value."""
    NAMED = auto()
    """``(name := value)``."""
    AUGMENTED = auto()
    """``name += value``."""
    LOOP = auto()
    """``for name in value``, as a statement or in a comprehension."""
    ENTERED = auto()
    """``with value as name``."""
    PARAMETER = auto()
    """A parameter of a function or a lambda; its value is the default."""
    FUNCTION = auto()
    CLASS = auto()
    IMPORTED = auto()
    BUILTIN = auto()
    OTHER = auto()
    """Anything else: caught exceptions, patterns of ``match``, the rest in ``first, *rest``."""


_ASSIGNED = frozenset({Way.ASSIGNED, Way.ANNOTATED, Way.NAMED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """One way in which a name gets what it holds.

    :param target: The node that binds: the name itself as it stands there, or the whole
        parameter, function, class or import; ``None`` for a builtin.
    :param holder: What gives the value: the assignment, the loop, the item of ``with``, the
        parameter; ``None`` where there is none.
    :param value: The whole value as it is written there, of which the name may get a part;
        ``None`` where there is none.
    :param scope: The scope that gets the name.
    :param places: The way to that part, where the value is unpacked: ``(1,)`` for ``name`` in
        ``other, name = value``, ``(0, 1)`` in ``(other, name), rest = value``. Behind a star
        they count from the end.
    """

    way: Way
    target: cst.CSTNode | None
    scope: Scope | None = None
    holder: cst.CSTNode | None = None
    value: cst.BaseExpression | None = None
    places: tuple[int, ...] = ()

    @property
    def assigned(self) -> bool:
        """Whether the name gets the value, or a part of it, by ``=`` or ``:=``."""
        return self.way in _ASSIGNED

    @property
    def whole(self) -> cst.BaseExpression | None:
        """The expression that the name holds as it is; ``None`` where there is not that one."""
        return self.value if self.assigned and not self.places else None

    @property
    def given(self) -> cst.BaseExpression | None:
        """The expression that is assigned, or the part of it that the text shows."""
        return part_of(self.value, self.places) if self.assigned else None

    @property
    def place(self) -> int | None:
        """The only place of an unpacked value; ``None`` for a whole one or one deeper within."""
        return self.places[0] if len(self.places) == 1 else None

    @property
    def parameter(self) -> cst.Param | None:
        """The parameter that binds the name, if one does."""
        return self.target if isinstance(self.target, cst.Param) else None


def part_of(value: cst.BaseExpression | None, places: Sequence[int]) -> cst.BaseExpression | None:
    """What stands at a place of tuples and lists that are written out; ``None`` for others."""
    for place in places:
        if not isinstance(value, cst.Tuple | cst.List):
            return None
        elements = value.elements
        if any(isinstance(element, cst.StarredElement) for element in elements):
            return None  # what stands where is not shown
        if not -len(elements) <= place < len(elements):
            return None
        value = elements[place].value
    return value


def bound(binding: BaseAssignment, parents: Mapping[cst.CSTNode, cst.CSTNode]) -> Bound:
    """How one binding of LibCST's scopes binds.

    :param parents: The node around each node of the file.
    """
    target = getattr(binding, "node", None)
    if isinstance(target, cst.Name) and isinstance(parents.get(target), cst.Param):
        target = parents[target]  # some releases of LibCST have the name here, some the parameter
    scope = binding.scope
    match target:
        case None:
            return Bound(way=Way.BUILTIN, target=None, scope=scope)
        case cst.Param(default=value):
            return Bound(way=Way.PARAMETER, target=target, scope=scope, holder=target, value=value)
        case cst.FunctionDef():
            return Bound(way=Way.FUNCTION, target=target, scope=scope)
        case cst.ClassDef():
            return Bound(way=Way.CLASS, target=target, scope=scope)
        case cst.Import() | cst.ImportFrom():
            return Bound(way=Way.IMPORTED, target=target, scope=scope)
        case cst.Name():
            return _of_name(target, scope, parents)
    return Bound(way=Way.OTHER, target=target, scope=scope)


def _of_name(target: cst.Name, scope: Scope, parents: Mapping[cst.CSTNode, cst.CSTNode]) -> Bound:
    places: list[int] = []
    node: cst.CSTNode = target
    holder = parents.get(target)
    while isinstance(holder, cst.Element):
        sequence = parents.get(holder)
        if not isinstance(sequence, cst.Tuple | cst.List):
            break
        places.insert(0, _place(sequence, holder))
        node, holder = sequence, parents.get(sequence)
    if isinstance(holder, cst.AssignTarget):
        holder = parents.get(holder)
    way = Way.OTHER
    value: cst.BaseExpression | None = None
    match holder:
        case cst.Assign():
            way, value = Way.ASSIGNED, holder.value
        case cst.AnnAssign():
            way, value = Way.ANNOTATED, holder.value
        case cst.NamedExpr():
            way, value = Way.NAMED, holder.value
        case cst.AugAssign():
            way, value = Way.AUGMENTED, holder.value
        case cst.For() | cst.CompFor() if holder.target is node:
            way, value = Way.LOOP, holder.iter
        case cst.AsName():
            holder = parents.get(holder)
            if isinstance(holder, cst.WithItem):
                way, value = Way.ENTERED, holder.item
    return Bound(
        way=way, target=target, scope=scope, holder=holder, value=value, places=tuple(places)
    )


def _place(sequence: cst.Tuple | cst.List, element: cst.BaseElement) -> int:
    elements = [*sequence.elements]
    place = next(n for n, one in enumerate(elements) if one is element)
    behind = any(isinstance(one, cst.StarredElement) for one in elements[:place])
    return place - len(elements) if behind else place
