"""``freqgen generate`` without words, on a terminal: questions, a design to agree on, then code.

What is answered goes to where the options of the same meaning are, so that everything after it is
as if it had been typed behind the verb. Nothing is written before a design was accepted, except the
audit log. Ctrl-C at any question is Ctrl-C.
"""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from freqgen.commands.asking import check_idea, make_brief, run_options
from freqgen.commands.constraining import DIRECTIONS, check_pairs
from freqgen.commands.editing import EDITS, RISK, STOP, Edit, answered, changed, shown
from freqgen.exceptions import (
    AttemptsExhausted,
    BriefError,
    DesignError,
    FreqgenException,
    ProviderTransient,
    ReplyInvalid,
    UsageError,
)

if TYPE_CHECKING:
    from questionary import Question

    from freqgen.brief import Brief
    from freqgen.commands.context import CommandContext
    from freqgen.generation.designer import DesignResult
    from freqgen.outcome import RunOptions
    from freqgen.pipeline import Freqgen

ACCEPT, WORDS, PAIRS, TIMEFRAME, DIRECTION, REFUSE = (
    "Accept: write the code, check it and backtest it",
    "Change the words, and design again",
    "Change the pairs",
    "Change the timeframe",
    "Change the direction",
    "Refuse: write nothing",
)
CHOICES = (
    ACCEPT,
    WORDS,
    PAIRS,
    TIMEFRAME,
    *(edit.choice for edit in EDITS),
    DIRECTION,
    REFUSE,
)
"""What can be done with a design."""

BY_THE_IDEA = "what the idea says"
PAIRS_QUESTION = "Pairs, as in BTC/USDT, ETH/USDT:"

_EDITS = {edit.choice: edit for edit in EDITS}


def may_ask(args: Namespace, context: CommandContext) -> bool:
    """Whether somebody is there to be asked, and wants to be."""
    stdin = sys.stdin
    return (
        not args.yes
        and not context.json
        and stdin is not None
        and stdin.isatty()
        and context.stdout.isatty()
    )


class Interview:
    """One conversation.

    :param args: The options; those that are given are not asked for, and answers are put here.
    """

    def __init__(self, args: Namespace, context: CommandContext, freqgen: Freqgen) -> None:
        self.args = args
        self.context = context
        self.freqgen = freqgen
        self._taken_away: set[str] = set()
        """Fields of the risk that the idea has and the person does not want."""

    def agree(self) -> tuple[Brief, DesignResult, RunOptions] | None:
        """Ask until a design is accepted or refused.

        :returns: What to generate and how; ``None`` if it was refused.
        :raises ProviderError: If the provider gives no usable answer.
        :raises KeyboardInterrupt: If a question was ended with Ctrl-C or Ctrl-D.
        """
        self._introduce()
        self._ask_all()
        designed: DesignResult | None = None
        while True:
            if designed is None:
                designed = self._design()
            done = self._choose(designed)
            if done == REFUSE:
                return None
            if done == ACCEPT:
                # Fields may have been changed since the words were read.
                return self._brief(), designed, run_options(self.args)
            if done == WORDS:
                self._ask_words(self.args.text[0])
                self._taken_away.clear()
                designed = None
            elif done == PAIRS:
                self._ask_pairs(", ".join(self.args.pairs or ()))
            elif done == DIRECTION:
                designed = self._turned(designed)
            elif done == TIMEFRAME:
                designed = self._slowed(designed)
            else:
                designed = self._edited(designed, _EDITS[done])

    # -- questions ------------------------------------------------------------------------------

    def _introduce(self) -> None:
        self.context.progress(
            "Enter goes on, Ctrl-C ends it; what is left empty is as the idea or the configuration "
            "says"
        )

    def _ask_all(self) -> None:
        args = self.args
        self._ask_words("")
        if not args.pairs:
            self._ask_pairs("")
        if args.timeframe is None:
            args.timeframe = self._timeframe()
        if args.stoploss is None:
            args.stoploss = self._field(STOP, STOP.question)
        if args.risk_per_trade is None:
            question = "Percent of the wallet to lose when the stop is hit:"
            args.risk_per_trade = self._field(RISK, question)

    def _ask_pairs(self, before: str) -> None:
        self.args.pairs = list(_pairs(self._text(PAIRS_QUESTION, _pairs, before))) or None

    def _ask_words(self, before: str) -> None:
        def check(said: str) -> None:
            if not said.strip():
                raise UsageError("say when to buy and when to sell")

        self.args.text = [self._text("The idea, in a sentence or two:", check, before)]

    def _timeframe(self) -> str | None:
        from freqgen.design.shape import TIMEFRAMES

        said = self._select("Length of a candle:", [BY_THE_IDEA, *TIMEFRAMES])
        return None if said == BY_THE_IDEA else said

    def _field(self, edit: Edit, question: str, before: str = "") -> str | None:
        """A field as its option has it; ``None`` where nothing was said."""
        limits = self.freqgen.settings.limits
        said = self._text(question, lambda text: answered(edit, text, limits), before)
        return answered(edit, said, limits)

    def _text(self, question: str, check: Callable[[str], object], before: str = "") -> str:
        import questionary

        def valid(said: str) -> bool | str:
            try:
                check(said)
            except UsageError as exc:
                return f"{exc.message}; {exc.hint}" if exc.hint else exc.message
            return True

        asked = questionary.text(question, default=before, validate=valid, **self._look())
        return str(self._answer(asked))

    def _select(self, question: str, choices: list[str]) -> str:
        import questionary

        return str(self._answer(questionary.select(question, choices, **self._look())))

    def _look(self) -> dict[str, Any]:
        if not self.args.no_color:
            return {}
        from prompt_toolkit.output import ColorDepth

        return {"color_depth": ColorDepth.DEPTH_1_BIT}

    def _answer(self, question: Question) -> object:
        try:
            return question.unsafe_ask()
        except EOFError:
            raise KeyboardInterrupt from None

    # -- the design -----------------------------------------------------------------------------

    def _brief(self) -> Brief:
        check_idea(self.args)
        brief = make_brief(self.freqgen, self.args.text[0], self.args, self.context)
        away = dict.fromkeys(self._taken_away)
        return replace(brief, constraints=MappingProxyType({**away, **brief.constraints}))

    def _design(self) -> DesignResult:
        """A design for the words; other words are asked for until there is one."""
        while True:
            brief = self._brief()
            try:
                return self._designed(brief)
            except DesignError as exc:
                if exc.path.removeprefix("risk.") in brief.constraints:
                    raise  # other words would not change it
                self._complain(exc)
            except (BriefError, AttemptsExhausted, ReplyInvalid, ProviderTransient) as exc:
                self._complain(exc)
            self._ask_words(self.args.text[0])

    def _designed(self, brief: Brief) -> DesignResult:
        return self.freqgen.design(
            brief,
            model=self.args.design_model,
            code_model=self.args.code_model,
            ignore_unread=self.args.ignore_unread,
        )

    def _choose(self, designed: DesignResult) -> str:
        """Show a design, and ask what to do with it."""
        from freqgen.commands.showing import lines, show_design, show_reading
        from freqgen.generation.limits import check_limits

        def show(console: Any) -> None:
            console.print()
            show_design(console, designed.checked)
            if self.args.pairs:
                console.print("  Pairs")
                lines(console, [", ".join(self.args.pairs)])
            show_reading(console, designed.reading)
            console.print()

        self.context.show(show)
        choices = list(CHOICES)
        try:
            # What would fail later is said while something can be done about it.
            check_limits(designed.design, self.freqgen.settings.limits)
            self.freqgen.coder(
                designed.design, model=self.args.code_model, designer=designed.origin
            )
            self.freqgen.check_market(designed.design)
            self.freqgen.check_place(designed.design)
            self.freqgen.check_candles(designed.checked, run_options(self.args))
        except FreqgenException as exc:
            self._complain(exc)
            choices.remove(ACCEPT)
        return self._select("What shall be done with it?", choices)

    def _edited(self, designed: DesignResult, edit: Edit) -> DesignResult:
        """The design with one field changed; the same one where that is not possible."""
        text = self._field(edit, edit.question, shown(edit, designed.design))
        if text is None and edit.needed:
            return designed
        after = self._with(designed, changed(edit, designed.design, text))
        if after is designed:
            return designed
        setattr(self.args, edit.field, text)
        if text is None:
            self._taken_away.add(edit.field)
        else:
            self._taken_away.discard(edit.field)
        return self._read_again(after)

    def _slowed(self, designed: DesignResult) -> DesignResult:
        """The design with candles of another length."""
        value = self._timeframe()
        if value is None:
            return designed
        after = self._with(designed, {**designed.design.to_data(), "timeframe": value})
        if after is designed:
            return designed
        self.args.timeframe = value
        return self._read_again(after)

    def _turned(self, designed: DesignResult) -> DesignResult:
        """The design for other sides; designed again where it has no rules for one of them."""
        from freqgen.generation.sides import one_side

        said = self._select("Direction:", [BY_THE_IDEA, *DIRECTIONS])
        before = self.args.direction
        if said == (before or BY_THE_IDEA):
            return designed
        self.args.direction = None if said == BY_THE_IDEA else said
        sides = {side for side in ("long", "short") if designed.design.entries(side)}
        try:
            if said in sides:
                after = one_side(designed, self.freqgen.catalogue, said)
                return self._read_again(after)
            return self._designed(self._brief())
        except (UsageError, AttemptsExhausted, ReplyInvalid, ProviderTransient) as exc:
            self._complain(exc)
            self.args.direction = before
            return designed

    def _with(self, designed: DesignResult, data: dict[str, Any]) -> DesignResult:
        """The design with other data; the same one, with a word why, where that is none."""
        from freqgen.design.model import Design

        try:
            return replace(designed, checked=self.freqgen.check(Design.from_data(data)))
        except UsageError as exc:
            self._complain(exc)
            return designed

    def _read_again(self, designed: DesignResult) -> DesignResult:
        """The design, with what its words are used for by now."""
        from freqgen.generation.overridden import without_overridden

        return replace(designed, reading=without_overridden(designed.reading, self._brief()))

    def _complain(self, exc: FreqgenException) -> None:
        self.context.warn(exc.message)
        if exc.hint:
            self.context.progress(exc.hint)


def _pairs(said: str) -> tuple[str, ...]:
    """Pairs separated by commas or spaces.

    :raises UsageError: If one is none.
    """
    return check_pairs(said.replace(",", " ").split())
