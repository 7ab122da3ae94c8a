"""What `_decimal` has beside numbers: exceptions, the mapping of signals, contexts for blocks.

Made once, whatever becomes of the modules that show it: the native part knows these classes.
"""

from _contextvars import ContextVar
from collections import namedtuple
from collections.abc import MutableMapping
from numbers import Number, Rational

from _decimal_numbers import Context, Decimal, block, getcontext, set_up, setcontext

MAX_PREC = 999999999999999999
MAX_EMAX = 999999999999999999
MIN_EMIN = -999999999999999999
MIN_ETINY = MIN_EMIN - (MAX_PREC - 1)
IEEE_CONTEXT_MAX_BITS = 512

HAVE_THREADS = True
HAVE_CONTEXTVAR = True

ROUND_UP = "ROUND_UP"
ROUND_DOWN = "ROUND_DOWN"
ROUND_CEILING = "ROUND_CEILING"
ROUND_FLOOR = "ROUND_FLOOR"
ROUND_HALF_UP = "ROUND_HALF_UP"
ROUND_HALF_DOWN = "ROUND_HALF_DOWN"
ROUND_HALF_EVEN = "ROUND_HALF_EVEN"
ROUND_05UP = "ROUND_05UP"


class DecimalException(ArithmeticError):
    pass


class InvalidOperation(DecimalException):
    pass


class FloatOperation(DecimalException, TypeError):
    pass


class DivisionByZero(DecimalException, ZeroDivisionError):
    pass


class Subnormal(DecimalException):
    pass


class Inexact(DecimalException):
    pass


class Rounded(DecimalException):
    pass


class Clamped(DecimalException):
    pass


class Overflow(Inexact, Rounded):
    pass


class Underflow(Inexact, Rounded, Subnormal):
    pass


class ConversionSyntax(InvalidOperation):
    pass


class DivisionImpossible(InvalidOperation):
    pass


class DivisionUndefined(InvalidOperation, ZeroDivisionError):
    pass


class InvalidContext(InvalidOperation):
    pass


DecimalTuple = namedtuple("DecimalTuple", "sign digits exponent", module="decimal")

# The bits of a status by their signals, in the order of mappings and messages.
_BITS = {
    InvalidOperation: 0b1110011010,
    FloatOperation: 1 << 10,
    DivisionByZero: 1 << 2,
    Overflow: 1 << 11,
    Underflow: 1 << 14,
    Subnormal: 1 << 13,
    Inexact: 1 << 6,
    Rounded: 1 << 12,
    Clamped: 1,
}
_CONDITIONS = (ConversionSyntax, DivisionImpossible, DivisionUndefined, InvalidContext)
_UNKNOWN = """valid values for signals are:
  [InvalidOperation, FloatOperation, DivisionByZero,
   Overflow, Underflow, Subnormal, Inexact, Rounded,
   Clamped]"""


class SignalDict(MutableMapping):
    """Flags or traps of a context: from each signal to whether it is set."""

    __slots__ = ("_context", "_name")
    __hash__ = None

    def __init__(self, context=None, name=None):
        self._context, self._name = context, name

    @property
    def _bits(self):
        if self._context is None:
            raise ValueError("invalid signal dict")
        return getattr(self._context, self._name)

    def __getitem__(self, signal):
        own = self._bits
        try:
            return own & _BITS[signal] != 0
        except KeyError:
            raise KeyError(_UNKNOWN) from None

    def __setitem__(self, signal, value):
        own = self._bits
        bits = _BITS.get(signal)
        if bits is None:
            raise KeyError(_UNKNOWN)
        others = own & ~bits
        setattr(self._context, self._name, others | bits if value else others)

    def __delitem__(self, signal):
        raise ValueError("signal keys cannot be deleted")

    def __iter__(self):
        self._bits
        return iter(_BITS)

    def __len__(self):
        self._bits
        return len(_BITS)

    def __eq__(self, other):
        if isinstance(other, SignalDict):
            return self._bits == other._bits
        if isinstance(other, dict):
            if other.keys() != _BITS.keys():
                return NotImplemented
            return all(self[signal] == bool(value) for signal, value in other.items())
        return NotImplemented

    def __repr__(self):
        return "{%s}" % ", ".join(f"{signal}:{value}" for signal, value in self.items())

    def copy(self):
        return dict(self)


for _class in (DecimalException, *_BITS, *_CONDITIONS, SignalDict):
    _class.__module__ = "decimal"

_variable = ContextVar("decimal_context")
DefaultContext, BasicContext, ExtendedContext = Context(), Context(), Context()
set_up(
    (*_BITS, *_CONDITIONS),
    SignalDict,
    DecimalTuple,
    _variable,
    Rational,
    DefaultContext,
    (DefaultContext, BasicContext, ExtendedContext),
)
BasicContext.__init__(
    prec=9,
    rounding=ROUND_HALF_UP,
    traps=[InvalidOperation, DivisionByZero, Overflow, Underflow, Clamped],
)
ExtendedContext.__init__(prec=9, traps=[])

Number.register(Decimal)


_ATTRIBUTES = ("prec", "rounding", "Emin", "Emax", "capitals", "clamp", "flags", "traps")


def localcontext(ctx=None, **kwargs):
    """A context manager for a copy of a context with other attributes."""
    if ctx is None:
        ctx = getcontext()
    elif not isinstance(ctx, Context):
        raise TypeError("optional argument must be a context")
    inner = ctx.copy()
    for name, value in kwargs.items():
        if name not in _ATTRIBUTES:
            raise TypeError(f"'{name}' is an invalid keyword argument for this function")
        if value is not None:
            setattr(inner, name, value)
    return block(inner)


def IEEEContext(bits, /):
    """The context of an interchange format of IEEE 754 with so many bits."""
    if not 0 < bits <= IEEE_CONTEXT_MAX_BITS or bits % 32:
        raise ValueError(
            f"argument must be a multiple of 32, with a maximum of {IEEE_CONTEXT_MAX_BITS}"
        )
    most = 3 << (bits // 16 + 3)
    return Context(
        prec=bits // 32 * 9 - 2,
        rounding=ROUND_HALF_EVEN,
        Emin=1 - most,
        Emax=most,
        capitals=1,
        clamp=1,
        flags=[],
        traps=[],
    )
