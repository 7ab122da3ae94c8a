"""Numbers and names of this interpreter's instructions."""

from dis import (
    EXTENDED_ARG, HAVE_ARGUMENT, hasarg, hascompare, hasconst, hasexc, hasfree, hasjabs, hasjrel,
    haslocal, hasname, opmap, opname,
)

cmp_op = ("<", "<=", "==", "!=", ">", ">=")


def stack_effect(opcode, oparg=None, /, *, jump=None):
    """Instructions work on registers: none has an effect on a stack."""
    if not 0 <= opcode < len(opname):
        raise ValueError("invalid opcode or oparg")
    return 0
