"""`breakpoint()`, and what a debugger gets of it.

The interpreter tells no one of lines and calls as they happen. A debugger that wants to stop at the next line
(`set_trace` of `bdb`) is told of the line that asks for it, at once; it can look at everything from there.
That it steps on from there, or stops at a breakpoint, is not to be had: the program goes on."""

import os
import sys

_OWN = ("bdb", "pdb", "_monitoring", __name__)


def hook(*args, **kws):
    """What `sys.breakpointhook` is at first."""
    name = os.environ.get("PYTHONBREAKPOINT") or "pdb.set_trace"
    if name == "0":
        return None
    module, _, function = name.rpartition(".")
    try:
        function = getattr(__import__(module or "builtins", fromlist=["*"]), function)
    except (ImportError, AttributeError, ValueError):
        import warnings
        warnings.warn(f'Ignoring unimportable $PYTHONBREAKPOINT: "{name}"', RuntimeWarning, 2)
        return None
    return function(*args, **kws)


def tell(function):
    """A function has been given to `sys.settrace`: if a debugger's `set_trace` did that, it is told of the line
    that called it."""
    debugger = getattr(function, "__self__", None)
    if not hasattr(debugger, "user_line"):
        return
    frame, asked = sys._getframe(1), False
    while frame is not None and frame.f_globals.get("__name__") in _OWN:
        asked |= frame.f_code.co_name == "set_trace"
        frame = frame.f_back
    if asked and frame is not None:
        function(frame, "line", None)
