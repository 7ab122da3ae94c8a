# test: bytecode
"""Constant folding and literals."""
big = 2**64 - 1
tiny = -(3.5 - 1)
text = "a" "b" * 3
items = (1, (2.0, "x"), None, ...)
huge = 2**10000
nothing = 1 / 0
both = 1 + 2j
raw = b"\x00\xff" + b"!"
lone = "\ud800"
where = f"{big!r:>{tiny}} {{}} {text=} tail"
values = [1, 2, 3, 4]
mapping = {"a": 1, **values}
chosen = {1, 2, *values}
flipped = ~5 + (not True)
