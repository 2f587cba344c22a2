"""The verbs of the command line, one module a group.

A module here has one function, ``add_commands(subparsers)``, which adds its verbs::

    parser = subparsers.add_parser("list-plugins", help="One line", group="Look around")
    parser.set_defaults(run=list_plugins)

The parser has the common options already. ``list_plugins(args, context)`` takes the parsed
arguments and a :class:`~freqgen.commands.context.CommandContext` and returns the exit code;
plugins do the same in their hook ``register_commands``. ``group`` is the heading under which
the help lists the verb. Modules are imported for every ``--help``, so whatever is slow to
import is imported inside the functions.
"""

BUILTIN = ("generate", "steps", "validate", "backtest", "stored", "trade", "plugins_cmd", "doctor")
"""The modules with freqgen's own verbs, in the order of the help."""
