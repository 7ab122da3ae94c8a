# test: bytecode
def describe(value):
    match value:
        case 0 | -1:
            return "small"
        case None | True:
            return "constant"
        case [first, _, *rest] if rest:
            return first
        case {"kind": kind, **others}:
            return kind, others
        case Point(0, y=y) as point:
            return point, y
        case str() | bytes():
            return "text"
        case color.RED:
            return "red"
        case other:
            return other
