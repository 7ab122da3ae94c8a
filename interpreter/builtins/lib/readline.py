"""What programs set up when they find `readline`: nothing here edits lines, so it is only remembered."""

backend = "none"
_history = []
_state = {"completer": None, "delims": " \t\n`~!@#$%^&*()-=+[{]}\\|;:'\",<>/?", "length": -1}


def _hook(name):
    def setter(function=None, /):
        _state[name] = function
    return setter


def _path(filename):
    import os
    return os.path.expanduser("~/.history") if filename is None else filename


set_startup_hook = _hook("startup")
set_pre_input_hook = _hook("pre input")
set_completion_display_matches_hook = _hook("display")
set_completer = _hook("completer")
set_auto_history = _hook("auto history")


def get_completer():
    return _state["completer"]


def get_completer_delims():
    return _state["delims"]


def set_completer_delims(string, /):
    _state["delims"] = string


def parse_and_bind(string, /):
    pass


def read_init_file(filename=None, /):
    pass


def get_line_buffer():
    return ""


def insert_text(string, /):
    pass


def redisplay():
    pass


def get_completion_type():
    return 0


def get_begidx():
    return 0


def get_endidx():
    return 0


def get_history_length():
    return _state["length"]


def set_history_length(length, /):
    _state["length"] = length


def get_current_history_length():
    return len(_history)


def get_history_item(index, /):
    return _history[index - 1] if 1 <= index <= len(_history) else None


def add_history(line, /):
    _history.append(line)


def clear_history():
    _history.clear()


def remove_history_item(pos, /):
    if pos < 0:
        raise ValueError("History index cannot be negative")
    if pos >= len(_history):
        raise ValueError(f"No history item at position {pos}")
    del _history[pos]


def replace_history_item(pos, line, /):
    if pos < 0:
        raise ValueError("History index cannot be negative")
    if pos >= len(_history):
        raise ValueError(f"No history item at position {pos}")
    _history[pos] = line


def read_history_file(filename=None, /):
    with open(_path(filename)) as file:
        _history.extend(file.read().splitlines())


def write_history_file(filename=None, /):
    length = _state["length"]
    kept = _history if length < 0 else _history[-length:] if length else []
    with open(_path(filename), "w") as file:
        file.writelines(line + "\n" for line in kept)


def append_history_file(nelements, filename=None, /):
    with open(_path(filename), "a") as file:
        file.writelines(line + "\n" for line in _history[-nelements:] if nelements)
