"""Functions to be called when the interpreter ends."""

import sys

_functions = []


def register(function, /, *args, **kwargs):
    if not callable(function):
        raise TypeError("the first argument must be callable")
    _functions.append((function, args, kwargs))
    return function


def unregister(function, /):
    _functions[:] = [entry for entry in _functions if entry[0] != function]


def _clear():
    _functions.clear()


def _ncallbacks():
    return len(_functions)


def _run_exitfuncs():
    while _functions:
        function, args, kwargs = _functions.pop()
        try:
            function(*args, **kwargs)
        except BaseException as error:
            print(f"Exception ignored in atexit callback {function!r}:", file=sys.stderr)
            sys.excepthook(type(error), error, error.__traceback__)
