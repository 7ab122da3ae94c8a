"""`breakpoint()`."""

import os


def hook():
    """What `sys.breakpointhook` calls at first, or None."""
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
    return function
