# test: run
"""Forward references have the slots that libraries look for."""
import typing

reference = typing.ForwardRef("int")
print("__forward_is_class__" in typing.ForwardRef.__slots__, "__forward_arg__" in dir(reference))
print(reference.__forward_arg__, reference == typing.ForwardRef("int"))
print(typing.get_type_hints(type("C", (), {"__annotations__": {"x": "list[int]"}})))
