"""What CPython has in a module of its own: functions of `codecs`, which pickles know by this name."""

import codecs as _own

for _name in _own._NATIVE:
    globals()[_name] = getattr(_own, _name)
