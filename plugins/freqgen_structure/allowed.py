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
        "arrow", "dateutil", "dateutil.parser", "dateutil.relativedelta", "dateutil.tz",
        "freqtrade.vendor.qtpylib.indicators",
        "numpy", "numpy.exceptions", "numpy.fft", "numpy.lib.stride_tricks", "numpy.linalg",
        "numpy.polynomial", "numpy.random", "numpy.typing",
        "pandas", "pandas.api.types", "pandas.errors", "pandas.tseries.frequencies",
        "pandas.tseries.offsets", "pandas.offsets",
        "pandas_ta", "pandas_ta_classic", "pytz",
        "scipy", "scipy.fft", "scipy.integrate", "scipy.interpolate", "scipy.linalg",
        "scipy.ndimage", "scipy.optimize", "scipy.signal", "scipy.spatial", "scipy.special",
        "scipy.stats",
        "sklearn.cluster", "sklearn.decomposition", "sklearn.ensemble", "sklearn.linear_model",
        "sklearn.metrics", "sklearn.preprocessing",
        "ta", "ta.momentum", "ta.others", "ta.trend", "ta.utils", "ta.volatility", "ta.volume",
        "talib", "talib.abstract", "talib.stream",
        "technical", "technical.bouncyhouse", "technical.candles", "technical.consensus",
        "technical.indicators", "technical.indicator_helpers", "technical.indicators.indicators",
        "technical.pivots_points", "technical.qtpylib", "technical.trendline", "technical.util",
    }
)  # fmt: skip
"""Libraries for numbers, of which every public name that is not refused may be used."""

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
    "to_stata to_xml tofile fromfile fromregex memmap open_memmap DataSource savez "
    "savez_compressed savetxt savefig loadtxt genfromtxt dump".split()
)
"""Attributes that read or write files, databases or the network, wherever they are found."""

TEXT_WRITERS = frozenset("to_csv to_json to_html to_latex to_markdown to_string".split())
"""Methods that give a text, or write a file if they are told where."""

EVALUATORS = frozenset({"eval", "query"})
"""Methods of pandas that run a text as code."""

UNSAFE_NUMPY = frozenset(
    "as_strided frompyfunc seterrcall set_printoptions setbufsize ctypes get_include "
    "show_config".split()
)
"""Attributes that reach memory or state that belongs to the whole process."""

_FETCHING = set(
    "alphavantage av bind category_files create_dir data import_dir load_indicators_from_module "
    "pd re_ utils yahoofinance yf".split()
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


def is_module(path: str) -> bool:
    """Whether a dotted path is a module that may be imported."""
    return path in NAMES or path in OPEN


def may_import_module(path: str, extra: frozenset[str] = frozenset()) -> bool:
    """Whether ``import path`` is allowed.

    :param extra: More modules, those that the indicators of a design need.
    """
    return is_module(path) or path in extra


def may_reach(path: str, extra: frozenset[str] = frozenset()) -> bool:
    """Whether a dotted path that begins with an imported module leads somewhere allowed.

    ``numpy.random.default_rng`` does, ``numpy.lib.npyio.DataSource`` does not.
    """
    parts = path.split(".")
    best = 0
    for length in range(1, len(parts) + 1):
        if may_import_module(".".join(parts[:length]), extra):
            best = length
    if best == len(parts):
        return True
    prefix = any(module.startswith(path + ".") for module in (*NAMES, *OPEN, *extra))
    if best == 0 or prefix:
        return prefix
    module, name = ".".join(parts[:best]), parts[best]
    if module in extra and module not in OPEN and module not in NAMES:
        return not name.startswith("_")
    if module in NAMES:
        names = NAMES[module]
        if names is None:
            return not name.startswith("_") and name not in MODULE_NAMES
        return name in names
    refused = _REFUSED_TOP.get(parts[0], set())
    if name == "__version__":
        return True
    return (
        not name.startswith("_")
        and name not in refused
        and name not in MODULE_NAMES
        and name not in SUBMODULES
        and name not in READERS_WRITERS | UNSAFE_NUMPY
    )
