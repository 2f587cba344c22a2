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
from typing import TYPE_CHECKING, Any

from freqgen.commands.asking import check_idea, make_brief, run_options
from freqgen.commands.constraining import RISK_OPTIONS, check_pairs, checked_risk, number
from freqgen.exceptions import BriefError, FreqgenException, UsageError

if TYPE_CHECKING:
    from questionary import Question

    from freqgen.brief import Brief
    from freqgen.commands.context import CommandContext
    from freqgen.generation.designer import DesignResult
    from freqgen.outcome import RunOptions
    from freqgen.pipeline import Freqgen

ACCEPT, WORDS, TIMEFRAME, STOP, TARGET, REFUSE = (
    "Accept: write the code, check it and backtest it",
    "Change the words, and design again",
    "Change the timeframe",
    "Change the stop loss",
    "Change the target",
    "Refuse: write nothing",
)
"""What can be done with a design."""

BY_THE_IDEA = "what the idea says"

_RISK = {one.field: one for one in RISK_OPTIONS}


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
                designed = None
            else:
                designed = self._edited(designed, done)

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
            text = self._text("Pairs, as in BTC/USDT, ETH/USDT:", _pairs)
            args.pairs = list(_pairs(text)) or None
        if args.timeframe is None:
            args.timeframe = self._timeframe()
        if args.stoploss is None:
            args.stoploss = self._percent("stoploss", "Stop loss in percent:")
        if args.risk_per_trade is None:
            question = "Percent of the wallet to lose when the stop is hit:"
            args.risk_per_trade = self._percent("risk_per_trade", question)

    def _ask_words(self, before: str) -> None:
        def check(said: str) -> None:
            if not said.strip():
                raise UsageError("say when to buy and when to sell")

        self.args.text = [self._text("The idea, in a sentence or two:", check, before)]

    def _timeframe(self) -> str | None:
        from freqgen.design.model import TIMEFRAMES

        said = self._select("Length of a candle:", [BY_THE_IDEA, *TIMEFRAMES])
        return None if said == BY_THE_IDEA else said

    def _percent(self, field: str, question: str, before: str = "") -> str | None:
        """A ratio as its option has it; ``None`` where nothing was said."""
        return _ratio(field, self._text(question, lambda said: _ratio(field, said), before))

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
        return make_brief(self.freqgen, self.args.text[0], self.args, self.context)

    def _design(self) -> DesignResult:
        """A design for the words; other words are asked for until there is one."""
        while True:
            try:
                return self.freqgen.design(self._brief(), model=self.args.design_model)
            except BriefError as exc:
                self._complain(exc)
            self._ask_words(self.args.text[0])

    def _choose(self, designed: DesignResult) -> str:
        """Show a design, and ask what to do with it."""
        from freqgen.commands.showing import show_design, show_reading

        def show(console: Any) -> None:
            console.print()
            show_design(console, designed.checked)
            show_reading(console, designed.reading)
            console.print()

        self.context.show(show)
        choices = [ACCEPT, WORDS, TIMEFRAME, STOP, TARGET, REFUSE]
        try:
            # What would fail later is said while something can be done about it.
            self.freqgen.check_market(designed.design)
            self.freqgen.check_place(designed.design)
            self.freqgen.check_candles(designed.checked, run_options(self.args))
        except FreqgenException as exc:
            self._complain(exc)
            choices.remove(ACCEPT)
        return self._select("What shall be done with it?", choices)

    def _edited(self, designed: DesignResult, what: str) -> DesignResult:
        """The design with one field changed; the same one where that is not possible."""
        from freqgen.design.model import Design

        design = designed.design
        data = design.to_data()
        field: str
        value: str | None
        if what == TIMEFRAME:
            field, value = "timeframe", self._timeframe()
            data["timeframe"] = value or design.timeframe
        elif what == STOP:
            field = "stoploss"
            before = f"{-design.risk.stoploss * 100:g}"
            value = self._percent(field, "Stop loss in percent:", before)
            data["risk"]["stoploss"] = float(value) if value else design.risk.stoploss
        else:
            field = "take_profit"
            target = design.risk.take_profit
            before = f"{target * 100:g}" if target else ""
            value = self._percent(field, "Target in percent:", before)
            if value:
                data["risk"] |= {"take_profit": float(value), "roi": {}}
        try:
            checked = self.freqgen.check(Design.from_data(data))
        except UsageError as exc:
            self._complain(exc)
            return designed
        if value:
            setattr(self.args, field, value)
        return replace(designed, checked=checked)

    def _complain(self, exc: FreqgenException) -> None:
        self.context.warn(f"{exc.message}\n{exc.hint}" if exc.hint else exc.message)


def _pairs(said: str) -> tuple[str, ...]:
    """Pairs separated by commas or spaces.

    :raises UsageError: If one is none.
    """
    return check_pairs(said.replace(",", " ").split())


def _ratio(field: str, said: str) -> str | None:
    """A percentage as the option of a field has it: ``3`` of a stop loss is ``-0.03``.

    :raises UsageError: If it cannot be meant.
    """
    said = said.strip().removesuffix("%").strip()
    if not said:
        return None
    option = _RISK[field]
    hint = "write a number such as 2 or 2.5, or nothing"
    percent = abs(number("", said, hint)) if field == "stoploss" else number("", said, hint)
    ratio = f"{percent / 100:.10g}"
    text = f"-{ratio}" if field == "stoploss" else ratio
    try:
        checked_risk(option, text)
    except UsageError:
        raise UsageError(f"{said} % cannot be meant", hint=hint) from None
    return text
