"""Attribute names that a strategy must not reach, whatever object they are read from."""

from __future__ import annotations

from freqgen_structure.allowed import (
    EVALUATORS,
    MODULE_NAMES,
    READERS_WRITERS,
    TEXT_WRITERS,
    UNSAFE_NUMPY,
)

FRAMES = frozenset(
    "gi_frame gi_code gi_yieldfrom cr_frame cr_code cr_await cr_origin ag_frame ag_code ag_await "
    "f_back f_builtins f_code f_globals f_locals f_lineno f_trace tb_frame tb_next tb_lasti "
    "co_code co_consts co_names func_globals func_code im_func im_class mro".split()
)
"""Ways from a generator, traceback or function to the names of its callers."""

FILES = frozenset(
    "Path PurePath write_text write_bytes read_text read_bytes mkdir makedirs rmdir unlink "
    "urlopen Popen popen system fork spawn addHandler removeHandler handlers loggerDict "
    "manager get_figure print_figure print_png print_svg print_pdf".split()
)
"""What libraries have lying about that touches the machine."""

TEMPLATES = frozenset({"style", "env", "from_string"})
"""Ways from a dataframe to Jinja, whose templates are code."""

LISTENERS = frozenset({"addFilter", "removeFilter"})
"""What changes which messages of the bot are logged."""

READABLE_DUNDERS = frozenset({"__name__", "__doc__", "__version__"})
"""Special attributes that anything may read."""


def is_dunder(name: str) -> bool:
    """Whether a name is one of Python's special ones."""
    return len(name) > 4 and name.startswith("__") and name.endswith("__")


def refusal(name: str) -> str:
    """Why an attribute of this name must not be read; empty if it may be."""
    if is_dunder(name):
        return "" if name in READABLE_DUNDERS else "it is one of Python's special attributes"
    if name in FRAMES:
        return "it leads to the names of other code"
    if name.startswith("read_") or name in READERS_WRITERS or name in TEXT_WRITERS or name in FILES:
        return "it reads or writes files"
    if name in TEMPLATES:
        return "it renders templates, which are code"
    if name in LISTENERS:
        return "it changes what the bot logs"
    if name in EVALUATORS:
        return "it runs a text as code"
    if name in UNSAFE_NUMPY:
        return "it reaches memory or the settings of the whole process"
    if name in MODULE_NAMES:
        return "it is a module that a library happens to have imported"
    return ""
