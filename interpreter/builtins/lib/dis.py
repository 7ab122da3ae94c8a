"""What programs ask of `dis` that makes sense for this interpreter: kinds of code, and a listing."""

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
opmap = {}
opname = []
hasjrel = hasjabs = hasconst = hasname = haslocal = hasfree = hascompare = hasarg = hasexc = []


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
    disassemble(_code_of(x), file=file)


def disassemble(code, lasti=-1, *, file=None, **options):
    for start, end, line in code.co_lines():
        print(f"{line if line is not None else '--':>5}  {start:6} to {end}", file=file)


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


class Instruction(tuple):
    """There are none to tell of: the instructions are not those of `opcode`."""


def get_instructions(x, **options):
    _code_of(x)
    return iter(())


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
