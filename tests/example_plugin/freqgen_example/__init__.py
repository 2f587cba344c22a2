"""An example of a plugin for freqgen: one of everything that can be plugged in.

Every ``freqgen --help`` imports this module, so whatever is slow to import is imported inside
the hooks.
"""

from freqgen import hookimpl


@hookimpl
def register_providers(register):
    """Add the provider ``breakout``."""
    from freqgen_example.provider import BreakoutProvider

    register(BreakoutProvider())


@hookimpl
def register_prompt_builders(register):
    """Add the prompt builder ``terse`` of the step ``design``."""
    from freqgen_example.prompts import TerseDesignPrompt

    register(TerseDesignPrompt())


@hookimpl
def register_validators(register):
    """Add the validators ``no-print`` and ``not-always``."""
    from freqgen_example.behaviour import NotAlways
    from freqgen_example.validator import NoPrint

    register(NoPrint())
    register(NotAlways())


@hookimpl
def register_evaluators(register):
    """Add the evaluator ``per-trade``."""
    from freqgen_example.evaluation import PerTrade

    register(PerTrade())


@hookimpl
def register_gates(register):
    """Add the gate ``earns-per-trade``."""
    from freqgen_example.evaluation import EarnsPerTrade

    register(EarnsPerTrade())


@hookimpl
def register_indicators(register):
    """Add the indicator ``RANGE_SHARE``."""
    from freqgen_example.indicator import RANGE_SHARE

    register(RANGE_SHARE)


@hookimpl
def register_commands(subparsers):
    """Add the verb ``count-rules``."""
    from freqgen_example.command import add_commands

    add_commands(subparsers)
