"""Listings of code, in this interpreter's own instructions: their names are those of CPython's where they do the
same, and else not. An instruction has registers, which only its text names; its `argval` is its constant."""

import _imp
import collections
import io
import sys
import types

__all__ = ["code_info", "dis", "disassemble", "distb", "show_code", "get_instructions",
           "COMPILER_FLAG_NAMES", "pretty_flags", "findlinestarts", "Bytecode", "Instruction"]

COMPILER_FLAG_NAMES = {
    1: "OPTIMIZED", 2: "NEWLOCALS", 4: "VARARGS", 8: "VARKEYWORDS", 16: "NESTED", 32: "GENERATOR",
    64: "NOFREE", 128: "COROUTINE", 256: "ITERABLE_COROUTINE", 512: "ASYNC_GENERATOR",
    0x4000000: "HAS_DOCSTRING", 0x8000000: "METHOD",
}
_NAMES = {"RETURN": "RETURN_VALUE", "YIELD": "YIELD_VALUE", "JUMP": "JUMP_FORWARD",
          "JUMP_BACK": "JUMP_BACKWARD", "PUSH_HANDLED": "PUSH_EXC_INFO"}
opname = [_NAMES.get(_name.upper(), _name.upper()) for _name in _imp._op_names()]
# What `co_code` shows in the place of others.
opname += ["RESUME", "JUMP_FAR", "EXTENDED_ARG"]
opmap = {_name: _at for _at, _name in enumerate(opname)}
hasjrel = [_at for _at, _name in enumerate(opname)
           if _name.startswith("JUMP") or _name in ("FOR_ITER", "SEND")]
hasjabs = haslocal = hasfree = hascompare = hasarg = hasexc = []
hasconst = [opmap["LOAD_CONST"]]
hasname = [_at for _at, _name in enumerate(opname) if _name.endswith(("_NAME", "_GLOBAL", "_ATTR"))]
HAVE_ARGUMENT, EXTENDED_ARG = 0, opmap["EXTENDED_ARG"]


def pretty_flags(flags):
    """The names of a code object's flags."""
    names = [COMPILER_FLAG_NAMES[bit] for bit in COMPILER_FLAG_NAMES if flags & bit]
    return ", ".join(names) or "0x0"


def _code_of(x):
    for name in ("__func__", "__code__", "gi_code", "ag_code", "cr_code"):
        x = getattr(x, name, x)
    if isinstance(x, str):
        x = compile(x, "<disassembly>", "exec")
    if hasattr(x, "co_code"):
        return x
    raise TypeError(f"don't know how to disassemble {type(x).__name__} objects")


def code_info(x):
    """What is known of a code object, as text."""
    code = _code_of(x)
    lines = [
        f"Name:              {code.co_name}",
        f"Filename:          {code.co_filename}",
        f"Argument count:    {code.co_argcount}",
        f"Positional-only arguments: {code.co_posonlyargcount}",
        f"Kw-only arguments: {code.co_kwonlyargcount}",
        f"Number of locals:  {code.co_nlocals}",
        f"Stack size:        {code.co_stacksize}",
        f"Flags:             {pretty_flags(code.co_flags)}",
    ]
    for title, values in (("Constants", map(repr, code.co_consts)), ("Names", code.co_names),
                          ("Variable names", code.co_varnames), ("Free variables", code.co_freevars),
                          ("Cell variables", code.co_cellvars)):
        values = list(values)
        if values:
            lines.append(f"{title}:")
            lines.extend(f"{at:4}: {value}" for at, value in enumerate(values))
    return "\n".join(lines)


def show_code(code, *, file=None):
    print(code_info(code), file=file)


def findlinestarts(code):
    """Pairs of an instruction's place and the line that begins there."""
    before = None
    for start, _, line in code.co_lines():
        if line is not None and line != before:
            before = line
            yield start, line


def dis(x=None, *, file=None, depth=None, **options):
    """Lists a function's, class's or text's code: its lines and what it uses."""
    if x is None:
        return distb(file=file)
    if hasattr(x, "__dict__") and not hasattr(x, "__code__") and not hasattr(x, "__func__"):
        for name, item in sorted(vars(x).items()):
            if isinstance(item, (types.FunctionType, staticmethod, classmethod, type)):
                print(f"Disassembly of {name}:", file=file)
                dis(item, file=file)
                print(file=file)
        return
    disassemble(_code_of(x), file=file, depth=depth)


def disassemble(code, lasti=-1, *, file=None, depth=None, **options):
    before = None
    for instruction in get_instructions(code):
        line = instruction.line_number
        shown = "" if line == before else "--" if line is None else line
        arrow = "-->" if instruction.offset == lasti else ""
        print(f"{shown:>5} {arrow:3} {instruction.offset:6} {instruction.argrepr}", file=file)
        before = line
    for constant in code.co_consts if depth is None or depth > 0 else ():
        if isinstance(constant, types.CodeType):
            print(f"\nDisassembly of {constant!r}:", file=file)
            disassemble(constant, file=file, depth=None if depth is None else depth - 1)


def distb(tb=None, *, file=None, **options):
    if tb is None:
        last = getattr(sys, "last_exc", None)
        tb = last.__traceback__ if last else getattr(sys, "last_traceback", None)
        if tb is None:
            raise RuntimeError("no last traceback to disassemble")
    while tb.tb_next:
        tb = tb.tb_next
    disassemble(tb.tb_frame.f_code, tb.tb_lasti, file=file)


class Positions(tuple):
    """Where an instruction stands in its source: lines and columns."""

    def __new__(cls, lineno=None, end_lineno=None, col_offset=None, end_col_offset=None):
        return tuple.__new__(cls, (lineno, end_lineno, col_offset, end_col_offset))

    lineno = property(lambda self: self[0])
    end_lineno = property(lambda self: self[1])
    col_offset = property(lambda self: self[2])
    end_col_offset = property(lambda self: self[3])

    def __repr__(self):
        return ("Positions(lineno={}, end_lineno={}, col_offset={}, end_col_offset={})"
                .format(*self))


class Instruction(collections.namedtuple("Instruction", (
        "opname", "opcode", "arg", "argval", "argrepr", "offset", "starts_line", "line_number",
        "positions"))):
    """An instruction: `argrepr` is all of it as text."""

    __slots__ = ()

    @property
    def baseopname(self):
        return self.opname

    @property
    def baseopcode(self):
        return self.opcode


def get_instructions(x, **options):
    code, before = _code_of(x), None
    # Offset 0 is no instruction of the code's own: functions are entered there.
    places = code.co_positions()
    begins = Positions(*next(places))
    yield Instruction("RESUME", opmap["RESUME"], None, None, "resume", 0, True, begins[0], begins)
    for (at, number, text, *constant), place in zip(_imp._instructions(code), places):
        line = place[0] or None
        value = constant[0] if constant else None
        yield Instruction(opname[number], number, None, value, text, 2 * at + 2, line != before, line,
                          Positions(*place))
        before = line


class Bytecode:
    """A code object's listing."""

    def __init__(self, x, **options):
        self.codeobj = _code_of(x)

    def __iter__(self):
        return get_instructions(self.codeobj)

    def info(self):
        return code_info(self.codeobj)

    def dis(self):
        out = io.StringIO()
        disassemble(self.codeobj, file=out)
        return out.getvalue()
