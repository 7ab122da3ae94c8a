# test: run
# Template strings: their parts, the interpolations and concatenation.
name, n = "world", 3
t = t"hello {name!r:>10} and {n * 2}"
print(type(t).__name__, t.strings, t.values)
print([i.expression for i in t.interpolations], [i.conversion for i in t.interpolations], [i.format_spec for i in t.interpolations])
print([type(part).__name__ for part in t], [part if isinstance(part, str) else part.value for part in t])
joined = t"a{1}" + t"b{2}c"
print(joined.strings, joined.values)
print(t"".strings, t"".values, t"plain".strings, t"{{{n}}}".strings)
def render(template):
    return "".join(part if isinstance(part, str) else f"<{part.value}>" for part in template)
print(render(t"x {name} y {n:{n}d} z"), t"{n:{n}d}".interpolations[0].format_spec, t"{n=}".strings)
match t"{n}".interpolations[0]:
    case object(value=3, expression="n"):
        print("matched")
