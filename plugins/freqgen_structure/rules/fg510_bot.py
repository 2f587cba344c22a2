import difflib
from typing import ClassVar

import libcst as cst

from freqgen_structure.given import given_kind, members
from freqgen_structure.nodes import argument, dotted, text_of
from freqgen_structure.rule import Bad, Rule

_DP = frozenset(
    "available_pairs check_delisting current_whitelist funding_rate get_analyzed_dataframe "
    "get_funding_rate_timeframe get_pair_dataframe get_producer_df get_producer_pairs "
    "get_required_startup historic_ohlcv market ohlcv orderbook runmode send_msg ticker "
    "trades".split()
)
_WALLETS = frozenset(
    "get_all_balances get_all_positions get_available_stake_amount get_collateral get_free "
    "get_owned get_starting_balance get_total get_total_stake_amount get_trade_stake_amount "
    "get_used".split()
)
_SECRETS = frozenset(
    "api_server db_url discord exchange external_message_consumer original_config telegram "
    "webhook config_files logfile user_data_dir datadir exportfilename exportdirectory "
    "strategy_path".split()
)
_EXCHANGE = frozenset({"name", "pair_whitelist", "pair_blacklist"})
_TRADE = frozenset(
    "add_bt_trade adjust_min_max_rates adjust_stop_loss bt_open_open_trade_count bt_total_profit "
    "bt_trades bt_trades_open bt_trades_open_pp close_bt_order close_bt_trade commit "
    "get_trades_query "
    "recalc_open_trade_value recalc_trade_from_orders remove_bt_trade reset_locks reset_trades "
    "rollback session set_funding_fees set_liquidation_price stoploss_reinitialization "
    "to_ccxt_object update_fee update_from_ccxt_object update_order update_orders "
    "update_trade".split()
)

_CHANGING = frozenset("append clear extend insert pop remove reverse sort".split())


def _nearest(name: str, known: frozenset[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=1)
    return f"the nearest is {near[0]}" if near else f"documented are {', '.join(sorted(known))}"


class Bot(Rule):
    """FG510: the strategy reaches into the bot.

    Of the bot a strategy gets the documented part: the methods of ``self.dp`` and
    ``self.wallets`` that read, the history of trades, and plain values of the configuration.
    Keys and tokens, the exchange's connection, changes of the configuration, of balances or
    of recorded trades are none of its business.
    """

    VALID = (
        "x = self.dp.get_pair_dataframe('BTC/USDT', '1h')\nself.dp.send_msg('x')\n",
        "x = self.wallets.get_total_stake_amount()\ny = self.config['stake_currency']\n",
        "x = self.config.get('max_open_trades', 3)\ny = self.config['exchange']['name']\n",
        "if 'stake_amount' in self.config:\n    x = self.config['runmode'].value\n",
        "trades = Trade.get_trades_proxy(is_open=True)\ntrade.set_custom_data('n', 1)\n",
        "from technical import qtpylib\nx = qtpylib.session(dataframe, 17)\n",
        "if self.dp and self.wallets is not None:\n    x = 1\n",
        "class S(IStrategy):\n    def __init__(self, config: dict) -> None:\n"
        "        super().__init__(config)\n        self.pair = config['stake_currency']\n",
        "config = {'a': 1}\nx = config['telegram']\nz = np.delete(a, 1)\n",
        "class S:\n    def f(self):\n        return self.close(3)\n",
    )
    INVALID: ClassVar = (
        Bad(code="x = self.config['telegram']['token']", line=1),
        Bad(code="x = 1\ny = self.config['exchange']['key']", line=2),
        Bad(code="self.config['dry_run'] = False", line=1),
        Bad(code="x = str(self.config)", line=1),
        Bad(code="x = self.config[name]", line=1),
        Bad(code="x = self.config.items()", line=1),
        Bad(code="x = self.config.get('exchange')", line=1),
        Bad(code="bot = self\nx = bot.config['telegram']", line=2),
        Bad(
            code="class S(IStrategy):\n    def __init__(self, config):\n"
            "        self.token = config['telegram']\n",
            line=3,
        ),
        Bad(code="self.dp.refresh(x, y)", line=1),
        Bad(code="Trade.get_trades_query([]).delete()", line=1),
        Bad(code="for t in trades:\n    t.close(1.0)", line=2),
        Bad(code="self.wallets.update()", line=1),
        Bad(code="Trade.session.commit()", line=1),
        Bad(code="LocalTrade.bt_trades.clear()", line=1),
        Bad(code="def f(self, trade):\n    trade.close(1.0)\n", line=2),
        Bad(code="for t in trades:\n    t.orders.clear()\n", line=2),
        Bad(code="orders = trade.orders\norders.pop()\n", line=2),
        Bad(code="del trade.orders[:]", line=1),
        Bad(code="getattr(self.dp, 'refresh')(x, y)", line=1),
        Bad(code="getattr(trade, 'session')", line=1),
    )

    def visit_Attribute(self, node: cst.Attribute) -> None:
        name = node.attr.value
        self._reach(node, dotted(node.value), name)
        if self._changes_trades(node, dotted(node.value)):
            self.report(node, f"{name} changes what the bot has recorded")
        elif name == "config" and self.source.imported(node) is None:
            self._config(node)
        elif name in _CHANGING and self._orders(node.value):
            self.report(node, f"{name} changes the orders that the bot has recorded")

    def visit_Call(self, node: cst.Call) -> None:
        match node:
            case cst.Call(func=cst.Name(value="getattr"), args=[owner, name, *_]):
                for text in sorted(self.source.strings(name.value) or ()):
                    self._reach(node, dotted(owner.value), text)
                    if text in _TRADE:
                        self.report(node, f"{text} changes what the bot has recorded")

    def visit_Subscript(self, node: cst.Subscript) -> None:
        if self._is_target(node) and self._orders(node.value):
            self.report(node, "the orders that the bot has recorded are changed")

    def visit_AugAssign(self, node: cst.AugAssign) -> None:
        if self._orders(node.target):
            self.report(node, "the orders that the bot has recorded are changed")

    def _orders(self, node: cst.BaseExpression) -> bool:
        """Whether this is ``trade.orders``, or a name for it."""
        if isinstance(node, cst.Name):
            bound = self.source.values(node)
            return any(isinstance(v, cst.Attribute) and self._orders(v) for v in bound)
        return (
            isinstance(node, cst.Attribute)
            and node.attr.value == "orders"
            and self.source.method_of(node.value) is None
        )

    def _reach(self, node: cst.CSTNode, base: str | None, name: str) -> None:
        last = (base or "").rpartition(".")[2]
        if last == "dp" and isinstance(node, cst.Attribute):
            known = members("dp") if given_kind(self.source, node.value) == "dp" else ()
            if known and name not in known:
                return  # a name that is not there reaches nothing; its own rule says so
        if last == "dp" and name not in _DP and not name.startswith("_"):
            message = f"self.dp.{name} is not a documented way to read candles"
            self.report(node, message, hint=_nearest(name, _DP))
        elif last == "wallets" and name not in _WALLETS and not name.startswith("_"):
            message = f"self.wallets.{name} is not a documented way to read balances"
            self.report(node, message, hint=_nearest(name, _WALLETS))

    def visit_Name(self, node: cst.Name) -> None:
        """Follow the configuration that the strategy's ``__init__`` is given."""
        function = self.source.function_of(node)
        if function is None or function is not self.source.methods.get("__init__"):
            return
        parameters = [p.name.value for p in function.params.params[1:2]]
        parent = self.source.parent(node)
        named = isinstance(parent, cst.Attribute) and parent.attr is node
        if node.value not in parameters or named or isinstance(parent, cst.Param):
            return
        call = self.source.parent(parent) if isinstance(parent, cst.Arg) else None
        match call:
            case cst.Call(func=cst.Attribute(attr=cst.Name(value="__init__"))):
                return
        self._config(node)

    def _changes_trades(self, node: cst.Attribute, base: str | None) -> bool:
        path = self.source.imported(node) or "freqtrade"
        if node.attr.value in _TRADE:
            return self.source.method_of(node.value) is None and path.startswith("freqtrade")
        return node.attr.value in {"close", "delete"} and self._ends_trade(node, base)

    def _ends_trade(self, node: cst.Attribute, base: str | None) -> bool:
        """Whether this is ``trade.close(rate)`` or ``trade.delete()``, of whatever name."""
        call = self.source.parent(node)
        root: cst.BaseExpression = node
        while isinstance(root, cst.Attribute):
            root = root.value
        own = self.source.method_of(root) is not None
        if own or not (isinstance(call, cst.Call) and call.func is node):
            return False
        if self.source.imported(node) is not None and base != "Trade":
            return False
        return bool(call.args) if node.attr.value == "close" else not call.args

    def _config(self, node: cst.Attribute | cst.Name) -> None:
        parent = self.source.parent(node)
        key: cst.BaseExpression | None = None
        use: cst.CSTNode = node
        if isinstance(parent, cst.Subscript) and parent.value is node:
            element = parent.slice[0].slice
            key = element.value if isinstance(element, cst.Index) else None
            use = parent
            if self._is_target(parent):
                self.report(parent, "the strategy changes the bot's configuration")
                return
        elif isinstance(parent, cst.Attribute) and parent.attr.value == "get":
            call = self.source.parent(parent)
            if isinstance(call, cst.Call) and call.func is parent:
                key = argument(call, 0, "key")
                use = call
        elif isinstance(parent, cst.ComparisonTarget) and isinstance(
            parent.operator, cst.In | cst.NotIn
        ):
            return
        text = text_of(key) if key is not None else None
        if text is None:
            self.report(
                node,
                "self.config is used whole, and holds keys and passwords",
                hint="read one value of it, as in self.config['stake_currency']",
            )
        elif text in _SECRETS and not (text == "exchange" and self._exchange_name(use)):
            self.report(node, f'self.config["{text}"] may hold keys, passwords or paths')

    def _exchange_name(self, use: cst.CSTNode) -> bool:
        """Whether only the harmless part of the exchange's section is read."""
        parent = self.source.parent(use)
        if isinstance(parent, cst.Subscript) and parent.value is use:
            element = parent.slice[0].slice
            text = text_of(element.value) if isinstance(element, cst.Index) else None
            return text in _EXCHANGE and not self._is_target(parent)
        if isinstance(parent, cst.Attribute) and parent.attr.value == "get":
            call = self.source.parent(parent)
            key = argument(call, 0, "key") if isinstance(call, cst.Call) else None
            return key is not None and text_of(key) in _EXCHANGE
        return False

    def _is_target(self, node: cst.CSTNode) -> bool:
        """Whether a subscript, or one further inside it, is assigned or deleted."""
        current = node
        parent = self.source.parent(current)
        while isinstance(parent, cst.Subscript) and parent.value is current:
            current, parent = parent, self.source.parent(parent)
        return isinstance(parent, cst.AssignTarget | cst.Del) or (
            isinstance(parent, cst.AugAssign | cst.AnnAssign | cst.For) and parent.target is current
        )
