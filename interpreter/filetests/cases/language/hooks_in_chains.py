# test: run
"""Hooks that are set and taken away while a long chain of generators that delegate runs."""
import sys

seen = []


def hook(frame, event, argument):
    if event in ("call", "return"):
        seen.append((event, frame.f_code.co_name, argument if event == "return" else None))
    return hook


def switch(on):
    sys.settrace(hook if on else None)


def last(count):
    for i in range(count):
        if i == 3:
            switch(True)
        if i == 5:
            switch(False)
        got = yield i
        if got:
            raise ValueError(got)
    return "end"


def link(depth, count):
    if depth == 0:
        return (yield from last(count))
    try:
        return (yield from link(depth - 1, count))
    finally:
        seen.append(("left", depth))


def drive(depth):
    seen.clear()
    chain = link(depth, 9)
    values = [next(chain) for _ in range(4)]
    names = []
    frame = sys._getframe()
    while frame is not None and frame.f_code.co_name != "<module>":
        names.append(frame.f_code.co_name)
        frame = frame.f_back
    values += list(chain)
    switch(False)
    return values, names, [entry for entry in seen if entry[0] == "left"], len({e[1] for e in seen if e[0] == "call"}) > 0


for depth in (0, 1, 2, 5, 12):
    for _ in range(30):
        drive(depth)
    print(depth, drive(depth))

chain = link(6, 9)
for _ in range(4):
    next(chain)
try:
    chain.send("thrown")
except ValueError as error:
    entry, lines = error.__traceback__, []
    while entry is not None:
        lines.append((entry.tb_frame.f_code.co_name, entry.tb_lineno > 0))
        entry = entry.tb_next
    print(error, lines)
finally:
    switch(False)
