# test: run
"""What 3.14 has new of decimal numbers: `from_number`, `IEEEContext`."""
from decimal import *


def error(function, *args):
    try:
        return function(*args)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


print(Decimal.from_number(3), Decimal.from_number(0.1), Decimal.from_number(Decimal("1.50")), Decimal.from_number(True))
print(error(Decimal.from_number, "1"), error(Decimal.from_number, (0, (1,), 0)), error(Decimal.from_number, None))
for bits in (32, 64, 128, IEEE_CONTEXT_MAX_BITS):
    print(IEEEContext(bits))
for bits in (0, -32, 33, 1024):
    print(error(IEEEContext, bits))
print(IEEEContext(32).divide(1, 3))
