# test: run
# Annotations that name what is not there yet: as references, as text, and in dataclasses.
from annotationlib import ForwardRef, Format, get_annotations
from dataclasses import dataclass, fields


def shown(value):
    if isinstance(value, ForwardRef):
        return f"reference to {value.__forward_arg__}"
    parts = getattr(value, "__args__", None)
    return value.__name__ if parts is None else [shown(part) for part in parts]


class Some:
    a: int
    b: Later
    c: unknown.module.Name[int, Later]
    d: list[Later]


def function(x: Later, y: int = 3) -> Some: ...


def inside():
    class Linked:
        next: Linked | None
        other: Missing

    return Linked


for target in (Some, function, inside()):
    found = get_annotations(target, format=Format.FORWARDREF)
    print({name: shown(value) for name, value in found.items()})
print(get_annotations(Some, format=Format.STRING)["c"])
try:
    get_annotations(function)
except NameError as error:
    print(error)


@dataclass
class Node:
    value: int
    next: Node | None = None
    kind: Later | None = None


print(Node(1, Node(2)))
print([shown(f.type) for f in fields(Node)])
Later = str
print({name: shown(value) for name, value in Node.__annotations__.items()})
print(get_annotations(function))
