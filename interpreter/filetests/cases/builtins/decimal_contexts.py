# test: run
"""Contexts: attributes and their checks, signals as mappings, blocks, copies, context variables."""
import contextvars
import copy
import pickle
from decimal import *


def error(function, *args, **kwargs):
    try:
        return function(*args, **kwargs)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


print(getcontext())
print(DefaultContext, BasicContext, ExtendedContext, sep="\n")
context = Context(prec=5, rounding=ROUND_DOWN, Emin=-10, Emax=10, capitals=0, clamp=1, flags=[Inexact], traps=[Overflow])
print(context, context.Etiny(), context.Etop(), context.radix())
for name, values in {
    "prec": (0, MAX_PREC + 1, "1", 1.0), "Emax": (-1, MAX_EMAX + 1), "Emin": (1, MIN_EMIN - 1), "clamp": (2,), "capitals": (2, -1),
    "rounding": ("down", 1, None), "flags": ({},), "traps": ([Overflow], 1),
}.items():
    for value in values:
        print(name, value, type(error(setattr, context, name, value)).__name__, str(error(setattr, context, name, value)).split(":")[0])
    print(error(delattr, context, name))
print(error(setattr, context, "precision", 3).split(":")[0], error(Context, rounding="x").split(":")[0], error(Context, flags=[int]))

# Signals.
flags = context.flags
print(flags is context.flags, list(flags), len(flags), flags[Inexact], Overflow in flags, int in flags)
flags[Clamped] = True
print(context.flags[Clamped], context, error(flags.__delitem__, Clamped), error(flags.__getitem__, int), error(flags.__setitem__, 1, 1))
print(flags == dict(flags), flags != dict(flags), flags == context.traps, type(flags.copy()), flags.copy() == flags)
context.flags = {signal: signal is Rounded for signal in flags}
print(flags, context)
context.traps = context.flags
print(context.traps == context.flags, context.traps is context.flags)
context.clear_flags(); context.clear_traps()
print(context)

# Copies.
for made in (context.copy(), copy.copy(context), pickle.loads(pickle.dumps(context))):
    print(made is context, repr(made) == repr(context), made.flags is context.flags)


class Own(Context):
    def __init__(self, digits):
        super().__init__(prec=digits)
        self.name = "own"


own = Own(4)
print(own.name, own.prec, own.divide(Decimal(1), 3), isinstance(own, Context), type(own.copy()).__name__)

# Blocks.
with localcontext(prec=3, rounding=ROUND_UP) as inner:
    print(Decimal(1) / 3, inner is getcontext())
    with localcontext(own):
        print(Decimal(1) / 3, getcontext().prec)
    print(Decimal(2) / 3)
print(Decimal(1) / 3, error(localcontext, 1), error(localcontext, precision=1).split(":")[0])
setcontext(DefaultContext)
print(getcontext() is DefaultContext, error(setcontext, 1))
getcontext().prec = 6


def in_other():
    getcontext().prec = 9
    setcontext(Context(prec=11))
    return Decimal(1) / 7


print(contextvars.copy_context().run(in_other), Decimal(1) / 7)


def generator():
    with localcontext(prec=2):
        yield Decimal(1) / 7
        yield Decimal(1) / 7


print(list(generator()), Decimal(1) / 7)

# Exceptions.
for exception in (DecimalException, Clamped, DivisionByZero, Inexact, Overflow, Rounded, Underflow, InvalidOperation, Subnormal, FloatOperation):
    print(exception, [base.__name__ for base in exception.__bases__])
for call in (lambda: Decimal(1) / 0, lambda: Decimal(0) / 0, lambda: Decimal("x"), lambda: Decimal("1e999999") * 10,
             lambda: Decimal(10) ** 10 // Decimal("1E-999")):
    try:
        call()
    except DecimalException as raised:
        print(type(raised).__name__, raised.args)
getcontext().traps[Inexact] = True
print(error(lambda: Decimal(1) / 3))
getcontext().traps[Inexact] = False
getcontext().traps[FloatOperation] = True
print(error(Decimal, 1.5), error(lambda: Decimal(1) < 1.5), Decimal(1) == 1.5, Decimal.from_float(1.5))

# Operations of a context.
c = Context(prec=4, traps=[])
for name in ("add", "subtract", "multiply", "divide", "divide_int", "remainder", "divmod", "power", "compare", "max", "quantize",
             "same_quantum", "copy_sign", "remainder_near", "logical_or"):
    print(name, getattr(c, name)(Decimal("12.5"), 3), error(getattr(c, name), "1", 2))
for name in ("abs", "plus", "minus", "sqrt", "exp", "ln", "log10", "normalize", "to_sci_string", "to_eng_string", "number_class",
             "is_normal", "is_subnormal", "to_integral_exact", "create_decimal", "copy_decimal", "next_plus"):
    print(name, getattr(c, name)(Decimal("-12.3456")), getattr(c, name)(7))
print(c.fma(2, 3, 4), c.power(2, 10, 1000), c.create_decimal("1.23456"), c.create_decimal(" 1"), c.create_decimal("1_0"), c.create_decimal_from_float(0.1))
print(c)
