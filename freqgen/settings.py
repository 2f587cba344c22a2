"""What the user configured: the ``freqgen`` section, and the folders and files around it."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from freqgen import configuration
from freqgen.configuration import SECTION
from freqgen.configuration_errors import check_schema, kind_of, settings_error
from freqgen.exceptions import SettingsError, StoreError
from freqgen.printable import printable

if TYPE_CHECKING:
    from freqgen.generation.prompt import CallOptions

MINIMUM_FREQTRADE = (2026, 9)
"""The oldest Freqtrade that freqgen is tested with: year and month of its version."""

MINIMUM_PYTHON = (3, 11)

DEFAULT_CONFIGURATION: Mapping[str, Any] = MappingProxyType(
    {
        "trading_mode": "spot",
        "dry_run": True,
        "exchange": {"name": "binance", "pair_whitelist": []},
        "stake_currency": "USDT",
        "stake_amount": "unlimited",
        "dry_run_wallet": 1000,
        "pairlists": [{"method": "StaticPairList"}],
    }
)
"""What is used of Freqtrade's configuration where the user's says nothing."""

_SAID = {
    "trading_mode": "trading mode",
    "dry_run": "dry-run",
    "exchange": "exchange",
    "stake_currency": "stake currency",
    "dry_run_wallet": "dry-run wallet",
}
"""The defaults that are worth a word."""

Name = Annotated[str, Field(min_length=1)]
WebAddress = Annotated[str, Field(pattern=r"^https?://[^\s/@?#]+(/[^\s@?#]*)?$")]
StepName = Annotated[str, Field(pattern=r"^(design|code|repair)$")]


class ProviderSettings(BaseModel):
    """How a provider calls its vendor: an entry of the setting ``providers``.

    A provider that makes calls reads them from its options, with :meth:`of`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    base_url: WebAddress | None = Field(
        default=None,
        description="Where the calls go, without a user name in it; null for the vendor's own "
        "address, or that of the variable that the vendor's SDK reads",
    )
    timeout: float = Field(
        default=300, gt=0, le=3600, description="Seconds to wait for an answer, at each try"
    )
    max_retries: int = Field(
        default=2,
        ge=0,
        le=10,
        description="How often a call is tried again that failed in a way that may pass",
    )
    max_tokens: int | None = Field(
        default=None,
        ge=1,
        le=1_000_000,
        description="Limit of an answer's length, in tokens; null for the provider's own",
    )

    @classmethod
    def of(cls, options: CallOptions) -> ProviderSettings:
        """Those that came with the options of a call, and defaults for the others.

        :param options: A limit of its own wins over the one of the settings.
        :raises SettingsError: If an option is none of these, or has a wrong value.
        """
        try:
            found = cls.model_validate(dict(options.extra))
        except ValidationError as exc:
            raise settings_error(exc, cls.model_fields, "options") from None
        if options.max_tokens is None:
            return found
        return found.model_copy(update={"max_tokens": options.max_tokens})

    def added_to(self, options: CallOptions) -> CallOptions:
        """The options with what the user wrote down, where they say nothing themselves."""
        written = {name: getattr(self, name) for name in self.model_fields_set}
        return replace(options, extra={**written, **options.extra})


class StepSettings(BaseModel):
    """How a model is to answer in one step, with any provider."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    temperature: float | None = Field(
        default=None,
        ge=0,
        le=2,
        description="0 for the likeliest answer; null for 0.7 of a design and 0.1 of code. Where "
        "the model takes none it is left out",
    )
    max_tokens: int | None = Field(
        default=None,
        ge=1,
        le=1_000_000,
        description="Limit of an answer's length, in tokens; null for that of the provider",
    )

    def added_to(self, options: CallOptions) -> CallOptions:
        """The options with what the user wrote down, which wins."""
        written = {name: getattr(self, name) for name in self.model_fields_set}
        return replace(options, **{k: v for k, v in written.items() if v is not None})


class RiskLimits(BaseModel):
    """How far the risk of a design may go. Ratios: 0.05 is 5 %."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    max_leverage: float = Field(default=5.0, ge=1, le=125, description="Largest leverage")
    max_risk_per_trade: float = Field(
        default=0.05, gt=0, le=1, description="Largest share of the wallet that a trade may risk"
    )
    max_open_trades: int = Field(
        default=20, ge=1, le=10_000, description="Most trades open at the same time"
    )
    max_stoploss: float = Field(
        default=0.5, gt=0, lt=1, description="Widest stop loss, as a distance from the entry"
    )


class Settings(BaseModel):
    """The section ``freqgen`` of Freqtrade's configuration."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    design_model: Name = Field(
        default="offline", description="Who turns a brief into a design: provider or provider:model"
    )
    code_model: Name = Field(
        default="compiler",
        description="Who turns a design into code: provider or provider:model; what a design says "
        "in words, which cannot be compiled, goes to the model that made it or to design_model",
    )
    prompts: dict[StepName, Name] = Field(
        default_factory=dict,
        description="The prompt builder of the step design, code or repair; default where unset",
    )
    providers: dict[Name, ProviderSettings] = Field(
        default_factory=dict,
        description="How providers call their vendors, by the provider's name: base_url, timeout, "
        "max_retries, max_tokens",
    )
    steps: dict[StepName, StepSettings] = Field(
        default_factory=dict,
        description="How models are to answer in the step design, code or repair: temperature, "
        "max_tokens; a repair is asked for as code is, where it has none of its own",
    )
    max_attempts: int = Field(
        default=3,
        ge=1,
        le=20,
        description="How often a model is asked for a design, and then for code, before freqgen "
        "gives up",
    )
    limits: RiskLimits = Field(
        default_factory=RiskLimits,
        description="How far the risk of a design may go, whoever wrote it",
    )
    disabled_plugins: list[Name] = Field(
        default_factory=list, description="Names of plugins that are not loaded"
    )
    evaluators: list[Name] = Field(
        default_factory=list,
        description="Names of evaluators that measure on request only, as lookahead-analysis",
    )
    db_url: Name | None = Field(
        default=None,
        description="SQLAlchemy's URL of the store; a file in the user directory where unset",
    )
    backtest_timeout: float = Field(
        default=600, gt=0, description="Seconds that one backtest may take"
    )
    backtest_memory_mb: int = Field(
        default=4096, ge=1024, description="Megabytes of memory that one backtest may take"
    )

    def for_step(self, step: str) -> StepSettings:
        """How models are to answer in a step."""
        others = {"repair": self.steps.get("code")}
        return self.steps.get(step) or others.get(step) or StepSettings()

    @classmethod
    def from_section(cls, section: object) -> Settings:
        """Check the ``freqgen`` section of a configuration.

        :raises SettingsError: Naming the first wrong field, in one line.
        """
        if not isinstance(section, Mapping):
            raise SettingsError(
                f"{SECTION}: must be an object, not {kind_of(section)}",
                field=SECTION,
                hint=f'write it as "{SECTION}": {{"max_attempts": 3}}',
            )
        try:
            return cls.model_validate(dict(section))
        except ValidationError as exc:
            raise settings_error(exc, cls.model_fields) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """Where freqgen works, and with what.

    Nothing is created until :meth:`folder` is asked for a folder.

    :param config: Freqtrade's configuration: the user's, and defaults for what it lacks.
    :param config_files: The files it came from, included ones too.
    :param user_data_dir: Freqtrade's user directory.
    :param datadir: Folder with candles.
    :param defaults: Sentences that say which defaults are used.
    :param sources: What each file says, where another or a variable overrides it too. Secrets
        in them are kept out of what is written down.
    """

    settings: Settings = field(default_factory=Settings)
    config: Mapping[str, Any] = field(
        default_factory=lambda: MappingProxyType(deepcopy(dict(DEFAULT_CONFIGURATION)))
    )
    config_files: tuple[Path, ...] = ()
    user_data_dir: Path
    datadir: Path
    defaults: tuple[str, ...] = ()
    sources: tuple[Mapping[str, Any], ...] = ()

    @property
    def home(self) -> Path:
        """What freqgen keeps in the user directory, where Freqtrade does not look."""
        return self.user_data_dir / "freqgen"

    @property
    def cache(self) -> Path:
        """What is slow to compute and can be computed again.

        The environment variable ``FREQGEN_CACHE_DIR`` names another place, as several user
        directories can share it.
        """
        named = os.environ.get("FREQGEN_CACHE_DIR")
        return Path(named).absolute() if named else self.home / "cache"

    def folder(self, path: Path) -> Path:
        """Create a folder, and those above it, unless it is there.

        :raises StoreError: If it cannot be created.
        """
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise StoreError(
                f'the folder "{printable(path)}" cannot be created: {exc.strerror or exc}',
                hint=_disk_hint(exc),
            ) from exc
        return path


def _disk_hint(exc: OSError) -> str:
    if exc.errno in {errno.ENOSPC, errno.EDQUOT}:
        return "free some space, or choose another place with --userdir"
    if exc.errno in {errno.EEXIST, errno.ENOTDIR}:
        return "a file is in the way: move it, or choose another place with --userdir"
    return "choose a place that you may write to with --userdir"


def check_freqtrade_version(version: str) -> None:
    """Refuse a Freqtrade that is older than supported.

    :param version: As in ``freqtrade.__version__``. A version without a year and a month is
        somebody's own build and is taken as it is.
    :raises SettingsError: Naming both versions.
    """
    match = re.search(r"(\d{4})\.(\d{1,2})(?!\d)", version)
    if match and (int(match[1]), int(match[2])) < MINIMUM_FREQTRADE:
        needed = "{}.{}".format(*MINIMUM_FREQTRADE)
        raise SettingsError(
            f"Freqtrade {version} is installed, freqgen needs {needed} or newer",
            hint=f'pip install --upgrade "freqtrade>={needed}"',
        )


def load_workspace(
    *,
    config: Sequence[str] = (),
    userdir: str | Path | None = None,
    datadir: str | Path | None = None,
    verbosity: int = 0,
    logfile: str | None = None,
    env: Mapping[str, str] | None = None,
) -> Workspace:
    """Find and check the user's configuration and folders, by Freqtrade's conventions.

    :param config: Configuration files, the later one winning. Without any, ``config.json``
        of the user directory is read, or that of the current folder, or none.
    :param userdir: The user directory; by default the configuration's, else ``user_data``.
    :param datadir: Folder with candles; by default the configuration's, else
        ``data/EXCHANGE`` in the user directory.
    :param verbosity: Passed on to Freqtrade.
    :param logfile: Passed on to Freqtrade.
    :param env: Variables ``FREQTRADE__…`` override the configuration; the process's own by
        default.
    :raises SettingsError: In one line, naming the file or the field.
    """
    from freqtrade import __version__ as freqtrade_version

    check_freqtrade_version(freqtrade_version)
    names = configuration.find_config_files(config, userdir)
    sources: list[dict[str, Any]] = []
    variables = os.environ if env is None else env
    merged, files = configuration.read_configuration(names, variables, sources)
    settings = Settings.from_section(merged.pop(SECTION, {}))
    if merged:
        check_schema(merged)
    said = [] if names else ["no configuration file was found"]
    said += _fill_in(merged)
    user_data_dir = Path(userdir or merged.get("user_data_dir") or configuration.USER_DATA)
    user_data_dir = user_data_dir.expanduser().absolute()
    if user_data_dir.exists() and not user_data_dir.is_dir():
        raise SettingsError(
            f'the user directory "{printable(user_data_dir)}" is a file',
            field="user_data_dir",
            hint="choose a folder with --userdir",
        )
    if not user_data_dir.exists():
        said.append(f'the user directory "{printable(user_data_dir)}" is created when it is needed')
    exchange = str(merged["exchange"]["name"]).lower()
    data = Path(datadir or merged.get("datadir") or user_data_dir / "data" / exchange)
    merged["user_data_dir"] = str(user_data_dir)
    merged["datadir"] = str(data.expanduser().absolute())
    merged["verbosity"] = verbosity
    if logfile:
        merged["logfile"] = logfile
    return Workspace(
        settings=settings,
        config=MappingProxyType(merged),
        config_files=files,
        user_data_dir=user_data_dir,
        datadir=data.expanduser().absolute(),
        defaults=tuple(said),
        sources=tuple(sources),
    )


def _fill_in(config: dict[str, Any]) -> list[str]:
    """Add the defaults that a configuration lacks, and say which, in one sentence."""
    added = []
    for key, value in DEFAULT_CONFIGURATION.items():
        if key == "exchange":
            exchange = config.setdefault("exchange", {})
            if not exchange.get("name"):
                exchange["name"] = value["name"]
                added.append(f"exchange {value['name']}")
            exchange.setdefault("pair_whitelist", [])
        elif key not in config:
            config[key] = deepcopy(value)
            if key == "trading_mode":
                added.append(str(value))
            elif key == "dry_run":
                added.append("dry-run")
            elif key in _SAID:
                added.append(f"{_SAID[key]} {value}")
    return ["using defaults: " + ", ".join(added)] if added else []
