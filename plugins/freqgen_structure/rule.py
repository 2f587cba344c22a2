"""What a rule looks like, and the validator that runs one."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from freqgen import Edit, Finding, Phase, Severity

if TYPE_CHECKING:
    import libcst as cst

    from freqgen import Design, ValidationContext
    from freqgen_structure.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Bad:
    """An example that a rule must find.

    :param line: The line that the finding must name.
    :param design: Where the rule compares with a design: its JSON data.
    :param fixed: The whole code after the finding's edits; ``None`` where it has none.
    """

    code: str
    line: int | None
    design: object = None
    fixed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """An example in which a rule must find nothing, where it needs more than its text."""

    code: str
    design: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDocumentation:
    """What the reference of findings says of a rule."""

    code: str
    name: str
    title: str
    why: str
    severity: str
    bad: tuple[str, ...]
    good: tuple[str, ...]


class Rule:
    """One thing that a draft must not do.

    The docstring's first line is the code and what is wrong; the rest says why. A rule defines
    ``visit_<Node>`` for the nodes of LibCST that it wants to see, or overrides :meth:`check`.
    One instance looks at one draft.
    """

    VALID: ClassVar[tuple[str | Good, ...]] = ()
    INVALID: ClassVar[tuple[Bad, ...]] = ()
    SEVERITY: ClassVar[Severity] = Severity.ERROR
    PHASE: ClassVar[Phase] = Phase.STRUCTURE
    HINT: ClassVar[str] = ""

    def __init__(self, source: Source, design: Design | None, context: ValidationContext) -> None:
        self.source = source
        self.design = design
        self.context = context
        self._found: list[Finding] = []

    @classmethod
    def code(cls) -> str:
        """The rule's code, such as ``FG201``."""
        return inspect.getdoc(cls).partition(":")[0]  # type: ignore[union-attr]

    @classmethod
    def title(cls) -> str:
        """What is wrong, in a sentence."""
        first = inspect.getdoc(cls).partition("\n\n")[0]  # type: ignore[union-attr]
        return " ".join(first.partition(":")[2].split()).removesuffix(".")

    @classmethod
    def why(cls) -> str:
        """The docstring after its first paragraph."""
        return inspect.getdoc(cls).partition("\n\n")[2].strip()  # type: ignore[union-attr]

    def report(
        self,
        where: cst.CSTNode | int | None,
        message: str = "",
        *,
        hint: str = "",
        severity: Severity | None = None,
        column: int | None = None,
        edits: Iterable[Edit] = (),
    ) -> None:
        """Note a finding at a node, at a line, or for the file as a whole.

        :param edits: What mends it, if there is one right answer: see :meth:`replace`,
            :meth:`insert_before`, :meth:`insert_after` and :mod:`freqgen_structure.editing`.
        """
        line = where if isinstance(where, int) else None
        if where is not None and not isinstance(where, int):
            line, column = self.source.position(where)
        finding = Finding(
            code=self.code(),
            severity=severity or self.SEVERITY,
            phase=self.PHASE,
            message=message or self.title(),
            hint=hint or self.HINT,
            line=line,
            column=column,
            edits=tuple(edits),
        )
        if finding not in self._found:
            self._found.append(finding)

    # -- what mends a finding: edits of the text, so that comments and layout stay ----------

    def replace(self, node: cst.CSTNode, text: str) -> Edit:
        """Write ``text`` where ``node`` is, without the parentheses around it."""
        start, end = self.source.span(node)
        return Edit(start=start, end=end, text=text)

    def insert_before(self, node: cst.CSTNode, text: str) -> Edit:
        """Write ``text`` in front of ``node``."""
        start, _ = self.source.span(node)
        return Edit(start=start, end=start, text=text)

    def insert_after(self, node: cst.CSTNode, text: str) -> Edit:
        """Write ``text`` behind ``node``."""
        _, end = self.source.span(node)
        return Edit(start=end, end=end, text=text)

    def text(self, node: cst.CSTNode) -> str:
        """The source of ``node``, as it is written."""
        start, end = self.source.span(node)
        return self.source.text[start:end]

    def check(self) -> None:
        """Look at the draft; :meth:`report` what is wrong."""
        for name, kind in _visits(type(self)):
            visit = getattr(self, name)
            for node in self.source.all(kind):
                visit(node)

    def findings(self) -> Iterator[Finding]:
        """All findings in the draft."""
        # Text that cannot be parsed has rules of its own, in the phase before.
        if self.source.problem is None or self.PHASE is Phase.PARSE:
            self.check()
        yield from self._found


_seen: dict[type[Rule], tuple[tuple[str, type[cst.CSTNode]], ...]] = {}


def _visits(rule: type[Rule]) -> tuple[tuple[str, type[cst.CSTNode]], ...]:
    """The methods of a rule that look at nodes, and at which; looked up once for each rule."""
    if rule not in _seen:
        import libcst as cst

        names = [name for name in dir(rule) if name.startswith("visit_")]
        kinds = [(name, getattr(cst, name.removeprefix("visit_"), None)) for name in names]
        _seen[rule] = tuple((name, kind) for name, kind in kinds if kind is not None)
    return _seen[rule]
