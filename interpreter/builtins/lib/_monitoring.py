"""What `sys.monitoring` has: who is told of which events of which code.

The machine asks `_tell` of each event that some tool wants, of all code: who wants it of which is looked up
here, and the machine calls those, so that the frame that called them is that of the event. What a tool has switched off for a place (`DISABLE`) is a set of places."""

import sys
from _structseq import SimpleNamespace

DEBUGGER_ID, COVERAGE_ID, PROFILER_ID, OPTIMIZER_ID = 0, 1, 2, 5
DISABLE = object()
MISSING = object()
_NAMES = ("PY_START PY_RESUME PY_RETURN PY_YIELD CALL LINE INSTRUCTION JUMP BRANCH_LEFT "
          "BRANCH_RIGHT STOP_ITERATION RAISE EXCEPTION_HANDLED PY_UNWIND PY_THROW RERAISE "
          "C_RETURN C_RAISE BRANCH").split()
events = SimpleNamespace({name: 1 << at for at, name in enumerate(_NAMES)}, NO_EVENTS=0)
_ALL = (1 << len(_NAMES)) - 1
_CALL, _AFTER_CALL = events.CALL, events.C_RETURN | events.C_RAISE
_BRANCHES = events.BRANCH_LEFT | events.BRANCH_RIGHT
# Those that belong to a place in the code, and can be switched off there or wanted of one code object.
_LOCAL = _BRANCHES | events.BRANCH | _AFTER_CALL | sum(1 << at for at in range(11))
_CODE = type((lambda: None).__code__)
_TOOLS = 8
_names = [None] * _TOOLS
_callbacks = [{} for _ in range(_TOOLS)]
_global = [0] * _TOOLS
_of_code = [{} for _ in range(_TOOLS)]
_off = set()


def _tool(tool_id, used=False):
    if not 0 <= tool_id < 6:
        raise ValueError(f"invalid tool {tool_id} (must be between 0 and 5)")
    if used and _names[tool_id] is None:
        raise ValueError(f"tool {tool_id} is not in use")
    return tool_id


def _update():
    wanted = 0
    for tool in range(6):
        mask = _global[tool]
        for own in _of_code[tool].values():
            mask |= own
        if mask & _CALL:
            mask |= _AFTER_CALL
        if mask & events.BRANCH:
            mask |= _BRANCHES
        told = sum(1 << number for number in _callbacks[tool])
        if told & events.BRANCH:
            told |= _BRANCHES
        wanted |= mask & told
    sys._set_monitor(_tell, _answered, wanted)


def _tell(event, code, *about):
    bit = 1 << event
    told = ()
    for tool in range(6):
        mask = _global[tool]
        own = _of_code[tool]
        if own:
            mask |= own.get(code, 0)
        if mask & _CALL:
            mask |= _AFTER_CALL
        number = event
        if not mask & bit:
            if not (bit & _BRANCHES and mask & events.BRANCH):
                continue
        callback = _callbacks[tool].get(event)
        if callback is None and bit & _BRANCHES:
            number = 18
            callback = _callbacks[tool].get(18)
        if callback is None:
            continue
        place = (tool, number, code, about[0])
        if place in _off:
            continue
        if event == 4 or event == 16 or event == 17:
            offset, callee, *first = about
            about = offset, callee, (first[0] if first else MISSING)
        told += (callback, (code, *about), place),
    return told


def _answered(place, answer):
    if answer is DISABLE:
        tool, number, *_ = place
        if not 1 << number & _LOCAL:
            _callbacks[tool].pop(number, None)
            _update()
            raise ValueError(f"Cannot disable {_NAMES[number]} events. Callback removed.")
        _off.add(place)


def use_tool_id(tool_id, name, /):
    _tool(tool_id)
    if not isinstance(name, str):
        raise ValueError("tool name must be a str")
    if _names[tool_id] is not None:
        raise ValueError(f"tool {tool_id} is already in use")
    _names[tool_id] = name


def get_tool(tool_id, /):
    return _names[_tool(tool_id)]


def clear_tool_id(tool_id, /):
    _tool(tool_id)
    if _names[tool_id] is not None:
        _global[tool_id] = 0
        _of_code[tool_id].clear()
        _callbacks[tool_id].clear()
        for place in [place for place in _off if place[0] == tool_id]:
            _off.discard(place)
        _update()


def free_tool_id(tool_id, /):
    clear_tool_id(tool_id)
    _names[tool_id] = None


def get_events(tool_id, /):
    return _global[_tool(tool_id)]


def get_local_events(tool_id, code, /):
    _tool(tool_id)
    if not isinstance(code, _CODE):
        raise TypeError("code must be a code object")
    return _of_code[tool_id].get(code, 0)


def _events(event_set):
    if not 0 <= event_set <= _ALL:
        raise ValueError(f"invalid event set 0x{event_set:x}")
    if event_set & _AFTER_CALL:
        if event_set & (_AFTER_CALL | _CALL) != _AFTER_CALL | _CALL:
            raise ValueError("cannot set C_RETURN or C_RAISE events independently")
        event_set &= ~_AFTER_CALL
    return event_set


def set_events(tool_id, event_set, /):
    _tool(tool_id, True)
    _global[tool_id] = _events(event_set)
    _update()


def set_local_events(tool_id, code, event_set, /):
    _tool(tool_id, True)
    if not isinstance(code, _CODE):
        raise TypeError("code must be a code object")
    if event_set & ~_LOCAL:
        raise ValueError(f"invalid local event set 0x{event_set:x}")
    own = _events(event_set)
    if own:
        _of_code[tool_id][code] = own
    else:
        _of_code[tool_id].pop(code, None)
    _update()


def register_callback(tool_id, event, func, /):
    _tool(tool_id)
    if event <= 0 or event & (event - 1):
        raise ValueError("The callback can only be set for one event at a time")
    if event > _ALL:
        raise ValueError(f"invalid event {event}")
    number = event.bit_length() - 1
    before = _callbacks[tool_id].pop(number, None)
    if func is not None:
        _callbacks[tool_id][number] = func
    _update()
    return before


def restart_events():
    _off.clear()


def _all_events():
    found = {}
    for at, name in enumerate(_NAMES):
        tools = sum(1 << tool for tool in range(6) if _global[tool] >> at & 1)
        if tools:
            found[name] = tools
    return found
