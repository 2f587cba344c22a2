"""Adds ``freqtrade gen`` to an unmodified Freqtrade, which has no entry points for subcommands.

A ``.pth`` file of the wheel imports this module when Python starts, in every program that uses
this environment. So it imports nothing, does nothing but wait for the one module that defines
Freqtrade's arguments, and lets no mistake of its own reach anybody. It is not part of the
package ``freqgen`` because importing that would cost each start eight milliseconds.

``FREQGEN_NO_SUBCOMMAND=1`` in the environment switches it off.
"""

import sys

MODULE = "freqtrade.commands.arguments"
SWITCH = "FREQGEN_NO_SUBCOMMAND"
HELP = "Turn a trading idea in words into a checked strategy (freqgen)."


class Finder:
    """Finds nothing by itself; adds one step to the loading of Freqtrade's arguments."""

    def find_spec(self, name, path=None, target=None):
        """Let the other finders find the module, and have it changed once it is loaded."""
        if name != MODULE:
            return None
        sys.meta_path.remove(self)  # Freqtrade is imported once, and nothing may come back here
        for finder in list(sys.meta_path):
            find_spec = getattr(finder, "find_spec", None)
            spec = find_spec(name, path, target) if find_spec else None
            if spec is not None:
                change_after_loading(spec.loader)
                return spec
        return None


def change_after_loading(loader):
    """Wrap the loader's work so that ``Arguments`` gets the subcommand."""
    try:
        load = loader.exec_module

        def exec_module(module):
            load(module)
            add_subcommand_to(module)

        loader.exec_module = exec_module
    except Exception:  # noqa: BLE001, S110  (a broken hook must never break Freqtrade)
        pass


def add_subcommand_to(module):
    """Wrap the method that builds Freqtrade's parser."""
    try:
        build = module.Arguments._build_subcommands  # noqa: SLF001  (there is no public place)
    except Exception:  # noqa: BLE001  (a broken hook must never break Freqtrade)
        return

    def _build_subcommands(self):
        build(self)
        try:  # noqa: SIM105  (contextlib would have to be imported)
            add_parser(self.parser)
        except Exception:  # noqa: BLE001, S110  (a broken hook must never break Freqtrade)
            pass

    module.Arguments._build_subcommands = _build_subcommands  # noqa: SLF001


def add_parser(parser):
    """Add a subcommand that takes all that follows as it is, options too."""
    import argparse

    subparsers = next(a for a in parser._actions if a.nargs == argparse.PARSER)  # noqa: SLF001
    if "gen" in subparsers.choices:
        return
    # No argument begins with this character, so none looks like an option: `--help` and
    # `--json` in front reach freqgen like everything else.
    gen = subparsers.add_parser("gen", help=HELP, prefix_chars="\0", add_help=False)
    gen.add_argument("freqgen_arguments", nargs=argparse.REMAINDER)
    gen.set_defaults(func=start_gen)


def start_gen(args):
    """Run freqgen. Called by Freqtrade as it calls its own subcommands.

    :param args: Freqtrade's parsed arguments.
    :returns: The exit code. Freqtrade exits with it; an exception would be lost.
    """
    import logging

    # Freqtrade logs every step to stderr; freqgen says itself what is to be said.
    root = logging.getLogger()
    for handler in list(root.handlers):
        root.removeHandler(handler)
    root.setLevel(logging.WARNING)

    from freqgen.main import main

    return main(args["freqgen_arguments"], prog="freqtrade gen")


def install():
    """Wait for Freqtrade, unless it was switched off or is there already."""
    import os

    if os.environ.get(SWITCH, "") in {"", "0"} and MODULE not in sys.modules:
        sys.meta_path.insert(0, Finder())


install()
