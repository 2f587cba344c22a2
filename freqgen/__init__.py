"""freqgen: from a trading idea in words to a Freqtrade strategy that can be trusted.

This module is the whole public API, for programs and for plugin authors. Names are loaded
when they are first used, so that ``import freqgen`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from freqgen.brief import Brief as Brief
    from freqgen.commands.context import CommandContext as CommandContext
    from freqgen.design.checked import CheckedDesign as CheckedDesign
    from freqgen.design.checked import check_design as check_design
    from freqgen.design.compiler import compile_design as compile_design
    from freqgen.design.indicators import Catalogue as Catalogue
    from freqgen.design.indicators import Indicator as Indicator
    from freqgen.design.indicators import Output as Output
    from freqgen.design.indicators import Param as Param
    from freqgen.design.indicators_function import function_indicator as function_indicator
    from freqgen.design.model import CANDLE_COLUMNS as CANDLE_COLUMNS
    from freqgen.design.model import Design as Design
    from freqgen.design.model import IndicatorSpec as IndicatorSpec
    from freqgen.design.model import ParameterSpec as ParameterSpec
    from freqgen.design.risk import AtrStop as AtrStop
    from freqgen.design.risk import Candles as Candles
    from freqgen.design.risk import Risk as Risk
    from freqgen.design.risk import TrailingAtr as TrailingAtr
    from freqgen.design.risk import TrailingRatio as TrailingRatio
    from freqgen.design.shape import TIMEFRAMES as TIMEFRAMES
    from freqgen.design.signals import reference_signals as reference_signals
    from freqgen.draft import Draft as Draft
    from freqgen.draft import ScreenedDraft as ScreenedDraft
    from freqgen.draft import ValidatedDraft as ValidatedDraft
    from freqgen.evaluation.engine import BacktestResult as BacktestResult
    from freqgen.evaluation.evaluator import EvaluationContext as EvaluationContext
    from freqgen.evaluation.evaluator import Evaluator as Evaluator
    from freqgen.evaluation.evaluator import Measurement as Measurement
    from freqgen.evaluation.gate import Decision as Decision
    from freqgen.evaluation.gate import Gate as Gate
    from freqgen.evaluation.gate import GateResult as GateResult
    from freqgen.evaluation.gate import Verdict as Verdict
    from freqgen.evaluation.paper import PaperReport as PaperReport
    from freqgen.exceptions import AttemptsExhausted as AttemptsExhausted
    from freqgen.exceptions import BriefError as BriefError
    from freqgen.exceptions import BudgetExceeded as BudgetExceeded
    from freqgen.exceptions import DataMissing as DataMissing
    from freqgen.exceptions import DesignError as DesignError
    from freqgen.exceptions import DuplicateNameError as DuplicateNameError
    from freqgen.exceptions import EngineError as EngineError
    from freqgen.exceptions import EvaluationError as EvaluationError
    from freqgen.exceptions import FreqgenException as FreqgenException
    from freqgen.exceptions import PluginError as PluginError
    from freqgen.exceptions import PluginLoadError as PluginLoadError
    from freqgen.exceptions import ProviderError as ProviderError
    from freqgen.exceptions import ProviderTransient as ProviderTransient
    from freqgen.exceptions import ProviderUnavailable as ProviderUnavailable
    from freqgen.exceptions import RecordNotFound as RecordNotFound
    from freqgen.exceptions import ReplyInvalid as ReplyInvalid
    from freqgen.exceptions import SandboxError as SandboxError
    from freqgen.exceptions import SandboxTimeout as SandboxTimeout
    from freqgen.exceptions import SandboxUnavailable as SandboxUnavailable
    from freqgen.exceptions import SandboxViolation as SandboxViolation
    from freqgen.exceptions import SettingsError as SettingsError
    from freqgen.exceptions import StoreError as StoreError
    from freqgen.exceptions import StrategyFault as StrategyFault
    from freqgen.exceptions import UsageError as UsageError
    from freqgen.finding import Edit as Edit
    from freqgen.finding import Finding as Finding
    from freqgen.finding import Phase as Phase
    from freqgen.finding import Report as Report
    from freqgen.finding import Severity as Severity
    from freqgen.generation.designer import DesignResult as DesignResult
    from freqgen.generation.endpoint import Endpoint as Endpoint
    from freqgen.generation.prices import call_cost as call_cost
    from freqgen.generation.prompt import CallOptions as CallOptions
    from freqgen.generation.prompt import Failure as Failure
    from freqgen.generation.prompt import Message as Message
    from freqgen.generation.prompt import Payload as Payload
    from freqgen.generation.prompt import Prompt as Prompt
    from freqgen.generation.prompt import PromptBuilder as PromptBuilder
    from freqgen.generation.prompt import Step as Step
    from freqgen.generation.provider import Provider as Provider
    from freqgen.generation.provider import Reading as Reading
    from freqgen.generation.provider import Reply as Reply
    from freqgen.generation.provider import Span as Span
    from freqgen.generation.provider import Usage as Usage
    from freqgen.generation.provider import no_model as no_model
    from freqgen.generation.provider import unknown_model as unknown_model
    from freqgen.generation.schema import StrictSchema as StrictSchema
    from freqgen.hookspecs import hookimpl as hookimpl
    from freqgen.outcome import CodeResult as CodeResult
    from freqgen.outcome import GenerationResult as GenerationResult
    from freqgen.outcome import RunOptions as RunOptions
    from freqgen.pipeline import Freqgen as Freqgen
    from freqgen.plugins import PluginHost as PluginHost
    from freqgen.sandbox.level import Level as Level
    from freqgen.sandbox.level import Protection as Protection
    from freqgen.settings import ProviderSettings as ProviderSettings
    from freqgen.settings import RiskLimits as RiskLimits
    from freqgen.settings import Settings as Settings
    from freqgen.settings import Workspace as Workspace
    from freqgen.settings import load_workspace as load_workspace
    from freqgen.store.record import Record as Record
    from freqgen.validation.laboratory import Laboratory as Laboratory
    from freqgen.validation.laboratory import Run as Run
    from freqgen.validation.laboratory import Specimen as Specimen
    from freqgen.validation.laboratory import Trial as Trial
    from freqgen.validation.mending import Mended as Mended
    from freqgen.validation.mending import apply_edits as apply_edits
    from freqgen.validation.mending import mend as mend
    from freqgen.validation.runner import Validation as Validation
    from freqgen.validation.validator import ValidationContext as ValidationContext
    from freqgen.validation.validator import Validator as Validator

__version__ = "0.1.0"

_HOME = {
    "brief": ["Brief"],
    "commands.context": ["CommandContext"],
    "design.checked": ["CheckedDesign", "check_design"],
    "design.compiler": ["compile_design"],
    "design.indicators": ["Catalogue", "Indicator", "Output", "Param"],
    "design.indicators_function": ["function_indicator"],
    "design.model": [
        "CANDLE_COLUMNS",
        "Design",
        "IndicatorSpec",
        "ParameterSpec",
    ],
    "design.risk": ["AtrStop", "Candles", "Risk", "TrailingAtr", "TrailingRatio"],
    "design.shape": ["TIMEFRAMES"],
    "design.signals": ["reference_signals"],
    "draft": ["Draft", "ScreenedDraft", "ValidatedDraft"],
    "evaluation.engine": ["BacktestResult"],
    "evaluation.evaluator": ["EvaluationContext", "Evaluator", "Measurement"],
    "evaluation.gate": ["Decision", "Gate", "GateResult", "Verdict"],
    "evaluation.paper": ["PaperReport"],
    "exceptions": [
        "AttemptsExhausted",
        "BriefError",
        "BudgetExceeded",
        "DataMissing",
        "DesignError",
        "DuplicateNameError",
        "EngineError",
        "EvaluationError",
        "FreqgenException",
        "PluginError",
        "PluginLoadError",
        "ProviderError",
        "ProviderTransient",
        "ProviderUnavailable",
        "RecordNotFound",
        "ReplyInvalid",
        "SandboxError",
        "SandboxTimeout",
        "SandboxUnavailable",
        "SandboxViolation",
        "SettingsError",
        "StoreError",
        "StrategyFault",
        "UsageError",
    ],
    "finding": ["Edit", "Finding", "Phase", "Report", "Severity"],
    "generation.designer": ["DesignResult"],
    "generation.endpoint": ["Endpoint"],
    "generation.prices": ["call_cost"],
    "generation.prompt": [
        "CallOptions",
        "Failure",
        "Message",
        "Payload",
        "Prompt",
        "PromptBuilder",
        "Step",
    ],
    "generation.provider": [
        "Provider",
        "Reading",
        "Reply",
        "Span",
        "Usage",
        "no_model",
        "unknown_model",
    ],
    "generation.schema": ["StrictSchema"],
    "hookspecs": ["hookimpl"],
    "outcome": ["CodeResult", "GenerationResult", "RunOptions"],
    "pipeline": ["Freqgen"],
    "plugins": ["PluginHost"],
    "sandbox.level": ["Level", "Protection"],
    "settings": ["ProviderSettings", "RiskLimits", "Settings", "Workspace", "load_workspace"],
    "store.record": ["Record"],
    "validation.laboratory": ["Laboratory", "Run", "Specimen", "Trial"],
    "validation.mending": ["Mended", "apply_edits", "mend"],
    "validation.runner": ["Validation"],
    "validation.validator": ["ValidationContext", "Validator"],
}

_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = ["__version__", *sorted(_MODULE_OF)]  # noqa: PLE0604  (strings, computed)


def __getattr__(name: str) -> Any:
    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"module 'freqgen' has no attribute {name!r}")
    value = getattr(import_module(f"freqgen.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
