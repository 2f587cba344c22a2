"""The user's limits of risk, which no design may exceed, whoever wrote it."""

from __future__ import annotations

from dataclasses import dataclass

from freqgen.design.model import Design
from freqgen.design.risk import Risk
from freqgen.exceptions import DesignError
from freqgen.settings import RiskLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """One field of a design that goes beyond a limit.

    :param path: The field, as in ``risk.leverage``.
    :param message: What it says and what is allowed.
    :param setting: The setting that allows no more, as in ``freqgen.limits.max_leverage``.
    """

    path: str
    message: str
    setting: str

    def error(self) -> DesignError:
        """The same for whoever may change the setting."""
        return DesignError(
            self.message,
            path=self.path,
            hint=f"change the design, or the setting {self.setting} if that is what you want",
        )


def excesses(design: Design, limits: RiskLimits) -> tuple[Excess, ...]:
    """What of a design's risk goes beyond the limits, in the order of its fields."""
    return risk_excesses(design.risk, limits)


def risk_excesses(risk: Risk, limits: RiskLimits) -> tuple[Excess, ...]:
    """The same of a risk alone."""
    found = []
    if -risk.stoploss > limits.max_stoploss:
        found.append(
            Excess(
                path="risk.stoploss",
                message=f"a stop at a distance of {-risk.stoploss:.4g} is wider than the "
                f"{limits.max_stoploss:g} that the user allows",
                setting="freqgen.limits.max_stoploss",
            )
        )
    if risk.risk_per_trade is not None and risk.risk_per_trade > limits.max_risk_per_trade:
        found.append(
            Excess(
                path="risk.risk_per_trade",
                message=f"{risk.risk_per_trade:.4g} of the wallet is more than the "
                f"{limits.max_risk_per_trade:g} that the user allows a trade to lose",
                setting="freqgen.limits.max_risk_per_trade",
            )
        )
    if risk.max_open_trades > limits.max_open_trades:
        found.append(
            Excess(
                path="risk.max_open_trades",
                message=f"{risk.max_open_trades} open trades are more than the "
                f"{limits.max_open_trades} that the user allows",
                setting="freqgen.limits.max_open_trades",
            )
        )
    if risk.leverage > limits.max_leverage:
        found.append(
            Excess(
                path="risk.leverage",
                message=f"a leverage of {risk.leverage:g} is more than the "
                f"{limits.max_leverage:g} that the user allows",
                setting="freqgen.limits.max_leverage",
            )
        )
    return tuple(found)


def check_limits(design: Design, limits: RiskLimits) -> None:
    """Refuse a design that goes beyond the user's limits.

    :raises DesignError: Naming the field, and the setting to change.
    """
    for excess in excesses(design, limits):
        raise excess.error()


def check_stored_limits(design: Design, limits: RiskLimits, *, of: str, id: str) -> None:  # noqa: A002
    """Refuse a strategy that was made under wider limits, or whose limits nobody checked.

    :param of: What it is called, as in ``Name revision 1 (id)``.
    :param id: Of its record.
    :raises DesignError: Naming every field, and the settings to change.
    """
    found = excesses(design, limits)
    if not found:
        return
    said = "; ".join(f"{excess.path}: {excess.message}" for excess in found)
    settings = " and ".join(excess.setting for excess in found)
    raise DesignError(
        f"{of} goes beyond the limits of the risk as they are now: {said}",
        hint=f"freqgen show {id} --design > design.json, change it there, and "
        "freqgen generate --design design.json makes a new revision; or change the setting "
        f"{settings} if that is what you want",
    )
