"""What a strategy may import, and what it may reach through that.

An allow-list of modules. A module of the standard library has a list of the names that may be
taken from it, since nearly every one of them holds ``os`` or ``sys`` as an attribute. Of a
library for numbers every public name may be used, except its submodules and the functions that
read, write or evaluate.
"""

from __future__ import annotations

import sys

_STDLIB = {
    "__future__": "annotations",
    "abc": "ABC ABCMeta abstractmethod",
    "bisect": "bisect bisect_left bisect_right insort insort_left insort_right",
    "calendar": "monthrange isleap day_name day_abbr month_name month_abbr timegm MONDAY TUESDAY "
    "WEDNESDAY THURSDAY FRIDAY SATURDAY SUNDAY",
    "cmath": "*",
    "collections": "ChainMap Counter OrderedDict UserDict UserList abc defaultdict deque "
    "namedtuple",
    "collections.abc": "*",
    "contextlib": "AbstractContextManager ExitStack closing contextmanager nullcontext suppress",
    "copy": "copy deepcopy replace",
    "dataclasses": "KW_ONLY InitVar asdict astuple dataclass field fields replace",
    "datetime": "UTC MAXYEAR MINYEAR date datetime time timedelta timezone tzinfo",
    "dateutil": "parser relativedelta tz",
    "dateutil.parser": "ParserError isoparse parse parserinfo",
    "dateutil.relativedelta": "FR MO SA SU TH TU WE relativedelta weekday",
    "dateutil.tz": "UTC datetime_ambiguous datetime_exists gettz resolve_imaginary tzlocal "
    "tzoffset tzutc",
    "decimal": "Decimal Context ROUND_CEILING ROUND_DOWN ROUND_FLOOR ROUND_HALF_DOWN "
    "ROUND_HALF_EVEN ROUND_HALF_UP ROUND_UP InvalidOperation getcontext localcontext",
    "enum": "Enum Flag IntEnum IntFlag StrEnum auto unique",
    "fractions": "Fraction",
    "functools": "cache cached_property cmp_to_key lru_cache partial partialmethod reduce "
    "total_ordering wraps",
    "heapq": "heapify heappop heappush heappushpop heapreplace merge nlargest nsmallest",
    "itertools": "*",
    "json": "JSONDecodeError dumps loads",
    "logging": "CRITICAL DEBUG ERROR FATAL INFO NOTSET WARN WARNING Logger LoggerAdapter "
    "critical debug error "
    "exception getLogger info log warning",
    "math": "*",
    "numbers": "*",
    "operator": "abs add and_ eq floordiv ge gt itemgetter le lt mod mul ne neg not_ or_ pos pow "
    "sub truediv xor",
    "random": "Random betavariate choice choices gauss normalvariate randint random randrange "
    "sample seed shuffle triangular uniform",
    "re": "A ASCII DOTALL I IGNORECASE M MULTILINE Match Pattern S X compile escape findall "
    "finditer fullmatch match search split sub",
    "statistics": "NormalDist correlation covariance fmean geometric_mean harmonic_mean "
    "linear_regression mean median median_high median_low mode multimode pstdev pvariance "
    "quantiles stdev variance StatisticsError",
    "string": "ascii_letters ascii_lowercase ascii_uppercase digits hexdigits punctuation",
    "textwrap": "dedent fill indent shorten wrap",
    "time": "ctime gmtime localtime mktime monotonic monotonic_ns perf_counter perf_counter_ns "
    "strftime strptime time time_ns",
    "types": "MappingProxyType SimpleNamespace",
    "typing": "AbstractSet Annotated Any AnyStr Callable ClassVar Collection Container Coroutine "
    "DefaultDict Deque Dict Final FrozenSet Generator Generic Hashable Iterable Iterator List "
    "Literal Mapping MutableMapping MutableSequence NamedTuple Never NoReturn Optional "
    "OrderedDict ParamSpec Protocol Self Sequence Set Sized SupportsFloat SupportsInt "
    "TYPE_CHECKING Tuple Type TypeAlias TypeGuard TypeVar TypedDict Union Unpack cast final "
    "overload override runtime_checkable NotRequired Required assert_never",
    "typing_extensions": "Annotated Literal NotRequired Protocol Required Self TypeAlias TypedDict "
    "Unpack override",
    "warnings": "catch_warnings filterwarnings simplefilter warn",
    "zoneinfo": "ZoneInfo",
}

_FREQTRADE = {
    "freqtrade.constants": "Config ListPairsWithTimeframes IntOrInf PairWithTimeframe",
    "freqtrade.data.dataprovider": "DataProvider",
    "freqtrade.enums": "*",
    "freqtrade.exceptions": "DependencyException OperationalException StrategyError "
    "FreqtradeException",
    "freqtrade.exchange": "date_minus_candles timeframe_to_floor_freq timeframe_to_minutes "
    "timeframe_to_msecs timeframe_to_next_date timeframe_to_prev_date "
    "timeframe_to_resample_freq timeframe_to_seconds",
    "freqtrade.exchange.exchange_utils_timeframe": "timeframe_to_floor_freq timeframe_to_minutes "
    "timeframe_to_msecs timeframe_to_next_date timeframe_to_prev_date "
    "timeframe_to_resample_freq timeframe_to_seconds",
    "freqtrade.ft_types": "AnnotationType",
    "freqtrade.optimize.space": "Categorical Dimension Integer Real SKDecimal",
    "freqtrade.persistence": "Order PairLocks Trade",
    "freqtrade.strategy": "AnnotationType BooleanParameter CategoricalParameter DecimalParameter "
    "IStrategy IntParameter Order PairLocks RealParameter Trade informative "
    "merge_informative_pair stoploss_from_absolute stoploss_from_open timeframe_to_minutes "
    "timeframe_to_msecs timeframe_to_next_date timeframe_to_prev_date timeframe_to_seconds",
    "freqtrade.strategy.interface": "IStrategy",
    "freqtrade.strategy.parameters": "BooleanParameter CategoricalParameter DecimalParameter "
    "IntParameter RealParameter",
    "freqtrade.strategy.strategy_helper": "merge_informative_pair stoploss_from_absolute "
    "stoploss_from_open",
    "freqtrade.util": "dt_floor_day dt_from_ts dt_now dt_ts dt_ts_none dt_utc format_date",
}

NAMES: dict[str, frozenset[str] | None] = {
    module: None if names == "*" else frozenset(names.split())
    for module, names in (_STDLIB | _FREQTRADE).items()
}
"""Modules with the names that may be taken from them; ``None`` for every public one."""

OPEN = frozenset(
    {
        "arrow",
        "freqtrade.vendor.qtpylib.indicators",
        "numpy", "numpy.exceptions", "numpy.fft", "numpy.lib.stride_tricks", "numpy.linalg",
        "numpy.polynomial", "numpy.polynomial.chebyshev", "numpy.polynomial.hermite",
        "numpy.polynomial.hermite_e", "numpy.polynomial.laguerre", "numpy.polynomial.legendre",
        "numpy.polynomial.polynomial", "numpy.polynomial.polyutils", "numpy.random",
        "numpy.typing",
        "pandas", "pandas.api.types", "pandas.errors", "pandas.tseries.frequencies",
        "pandas.tseries.offsets", "pandas.offsets",
        "pandas_ta", "pandas_ta.candles", "pandas_ta.cycles", "pandas_ta.momentum",
        "pandas_ta.overlap", "pandas_ta.performance", "pandas_ta.statistics", "pandas_ta.trend",
        "pandas_ta.volatility", "pandas_ta.volume", "pandas_ta_classic", "pytz", "pytz.exceptions",
        "scipy", "scipy.fft", "scipy.integrate", "scipy.interpolate", "scipy.linalg",
        "scipy.linalg.blas", "scipy.linalg.lapack", "scipy.ndimage", "scipy.optimize",
        "scipy.signal", "scipy.signal.windows", "scipy.spatial", "scipy.spatial.distance",
        "scipy.spatial.transform", "scipy.special", "scipy.stats", "scipy.stats.contingency",
        "scipy.stats.distributions", "scipy.stats.mstats", "scipy.stats.qmc",
        "sklearn.cluster", "sklearn.decomposition", "sklearn.ensemble", "sklearn.linear_model",
        "sklearn.metrics", "sklearn.metrics.pairwise", "sklearn.preprocessing",
        "ta", "ta.momentum", "ta.others", "ta.trend", "ta.utils", "ta.volatility", "ta.volume",
        "talib", "talib.abstract", "talib.stream",
        "technical", "technical.bouncyhouse", "technical.candles", "technical.consensus",
        "technical.consensus.consensus", "technical.consensus.movingaverage",
        "technical.consensus.oscillator", "technical.indicators", "technical.indicator_helpers",
        "technical.indicators.cycle_indicators", "technical.indicators.indicators",
        "technical.indicators.momentum", "technical.indicators.overlap_studies",
        "technical.indicators.price_transform", "technical.indicators.volatility",
        "technical.indicators.volume_indicators",
        "technical.pivots_points", "technical.qtpylib", "technical.trendline", "technical.util",
    }
)  # fmt: skip
"""Libraries for numbers, of which every public name that is not refused may be used."""

REEXPORTED = {
    "np": "numpy", "numpy": "numpy", "pd": "pandas", "pandas": "pandas", "math": "math",
    "qtpylib": "technical.qtpylib", "ta": "talib.abstract", "talib": "talib", "sp": "scipy",
    "scipy": "scipy", "datetime": "datetime",
}  # fmt: skip
"""Modules that those libraries have imported, by the name that they have there."""

SUBMODULES = frozenset(
    "api arrays char cluster compat constants core ctypeslib datasets differentiate distutils "
    "dtypes emath externals f2py fftpack func io lib ma matlib odr plotting rec sparse strings "
    "testing tseries util vendor".split()
)
"""Submodules of those libraries that are not on the list themselves."""

READERS_WRITERS = frozenset(
    "read_clipboard read_csv read_excel read_feather read_fwf read_gbq read_hdf read_html "
    "read_iceberg read_json read_orc read_parquet read_pickle read_sas read_spss read_sql "
    "read_sql_query read_sql_table read_stata read_table read_xml HDFStore ExcelFile ExcelWriter "
    "to_clipboard to_excel to_feather to_gbq to_hdf to_iceberg to_orc to_parquet to_pickle to_sql "
    "to_stata to_typst to_xml tofile fromfile fromregex memmap open_memmap DataSource savez "
    "savez_compressed savetxt savefig loadtxt genfromtxt dump".split()
)
"""Attributes that read or write files, databases or the network, wherever they are found."""

TEXT_WRITERS = frozenset("to_csv to_json to_html to_latex to_markdown to_string".split())
"""Methods that give a text, or write a file if they are told where."""

EVALUATORS = frozenset({"eval", "query"})
"""Methods of pandas that run a text as code."""

_INNER = {
    module: frozenset(names.split())
    for module, names in {
        "numpy": "matrixlib version",
        "numpy.random": "bit_generator mtrand",
        "pandas.errors": "abc cow",
        "numpy.polynomial.chebyshev": "pu",
        "numpy.polynomial.hermite": "pu",
        "numpy.polynomial.hermite_e": "pu",
        "numpy.polynomial.laguerre": "pu",
        "numpy.polynomial.legendre": "pu",
        "numpy.polynomial.polynomial": "pu",
        "numpy.polynomial.polyutils": "operator",
        "scipy.signal.windows": "windows",
        "scipy.spatial.distance": "xpx",
        "scipy.spatial.transform": "rotation",
        "scipy.stats.contingency": "stats",
        "sklearn.metrics.pairwise": "distance",
        "pytz": "datetime lazy tzfile tzinfo",
        "scipy": "version",
        "scipy.integrate": "dop lsoda odepack quadpack vode",
        "scipy.interpolate": "fitpack fitpack2 interpnd interpolate ndgriddata polyint rbf",
        "scipy.linalg": "basic cython_blas cython_lapack decomp decomp_cholesky decomp_lu "
        "decomp_qr decomp_schur decomp_svd interpolative matfuncs misc special_matrices",
        "scipy.ndimage": "filters fourier interpolation measurements morphology",
        "scipy.optimize": "cobyla lbfgsb linesearch minpack minpack2 moduleTNC nonlin optimize "
        "slsqp tnc zeros",
        "scipy.signal": "bsplines filter_design fir_filter_design lti_conversion ltisys "
        "signaltools spectral spline waveforms wavelets",
        "scipy.spatial": "ckdtree kdtree qhull",
        "scipy.special": "add_newdocs basic cython_special orthogonal sf_error specfun spfun_stats",
        "scipy.stats": "biasedurn kde morestats mstats_basic mstats_extras mvn stats",
    }.items()
}
"""Submodules whose names are everyday ones elsewhere, by the module that they lie in."""

_RUNNERS = frozenset("load_library measure runstring rundocs test".split())
"""Functions for the authors of those libraries, which run a text or load a program."""

UNSAFE_NUMPY = frozenset(
    "as_strided frompyfunc seterrcall set_printoptions setbufsize ctypes get_include "
    "show_config load_library".split()
)
"""Attributes that reach memory or state that belongs to the whole process."""

_FETCHING = set(
    "alphavantage av bind category_files create_dir custom data import_dir "
    "load_indicators_from_module pd re_ utils yahoofinance yf".split()
)
_REFUSED_TOP = {
    "numpy": {"load", "save", "test", "info", "show_runtime", "seterr"},
    "pandas": {"eval", "test", "set_option", "reset_option", "show_versions"},
    "talib": {"set_unstable_period", "set_compatibility", "wraps", "chain", "atexit"},
    "pandas_ta": _FETCHING,
    "pandas_ta_classic": _FETCHING,
    "pytz": {"open_resource", "resource_exists", "sys", "os"},
}

# Modules whose names are everyday attributes of dataframes, dates and libraries.
_EVERYDAY = frozenset(
    "abc array calendar code copy datetime enum fractions graphlib math numbers operator "
    "profile queue random resource select signal statistics string struct symbol time token trace "
    "types typing html json csv decimal locale platform this test site cmd zoneinfo".split()
)
MODULE_NAMES = frozenset(sys.stdlib_module_names) - _EVERYDAY | frozenset(
    {"bltns", "requests", "ccxt", "joblib", "psutil", "cloudpickle", "sqlalchemy"}
)
"""Attribute names that can only be a module that a library happens to have imported."""


def canonical(path: str) -> str:
    """A dotted path with every module that a library passes on under its own name.

    ``technical.qtpylib.np.testing`` is ``numpy.testing``.
    """
    parts = path.split(".")
    for _ in range(len(parts)):
        best = _longest(parts, frozenset())
        if not 0 < best < len(parts) or ".".join(parts[:best]) not in OPEN:
            break
        module = REEXPORTED.get(parts[best])
        if module is None:
            break
        parts = [*module.split("."), *parts[best + 1 :]]
    return ".".join(parts)


def _longest(parts: list[str], extra: frozenset[str]) -> int:
    """How many of the first parts make the name of a module that may be imported."""
    found = 0
    for length in range(1, len(parts) + 1):
        if may_import_module(".".join(parts[:length]), extra):
            found = length
    return found


def is_module(path: str) -> bool:
    """Whether a dotted path is a module that may be imported."""
    return path in NAMES or path in OPEN


def is_namespace(path: str) -> bool:
    """Whether a dotted path is a module of those, under whatever name, or leads to one."""
    real = canonical(path)
    return is_module(real) or any(module.startswith(real + ".") for module in (*NAMES, *OPEN))


def may_import_module(path: str, extra: frozenset[str] = frozenset()) -> bool:
    """Whether ``import path`` is allowed.

    :param extra: More modules, those that the indicators of a design need.
    """
    return is_module(path) or path in extra


def may_reach(path: str, extra: frozenset[str] = frozenset()) -> bool:
    """Whether a dotted path that begins with an imported module leads somewhere allowed.

    ``numpy.random.default_rng`` does, ``numpy.lib.npyio.DataSource`` does not, and neither does
    ``technical.qtpylib.np.load``, which is ``numpy.load``.
    """
    path = canonical(path)
    parts = path.split(".")
    best = _longest(parts, extra)
    if best == len(parts):
        return True
    prefix = any(module.startswith(path + ".") for module in (*NAMES, *OPEN, *extra))
    if best == 0 or prefix:
        return prefix
    module, name = ".".join(parts[:best]), parts[best]
    if not all(_may_follow(part) for part in parts[best + 1 :]):
        return False
    if module in extra and module not in OPEN and module not in NAMES:
        return not name.startswith("_")
    if module in NAMES:
        names = NAMES[module]
        if names is None:
            return not name.startswith("_") and name not in MODULE_NAMES
        return name in names
    if name == "__version__":
        return True
    return (
        _may_follow(name)
        and name not in _REFUSED_TOP.get(parts[0], ())
        and name not in _INNER.get(module, ())
        and name not in SUBMODULES | _RUNNERS
    )


def _may_follow(name: str) -> bool:
    """Whether an attribute of something in a module may be named in a chain."""
    if name in {"__version__", "__name__", "__doc__"}:
        return True
    return not name.startswith("_") and name not in MODULE_NAMES | READERS_WRITERS | UNSAFE_NUMPY
