"""Decimal arithmetic: the library's `_pydecimal`, made fit for contexts of any precision.

`_pydecimal` compares an integer quotient with ten to the power of the precision. A program that wants
exact arithmetic sets the highest precision, and there is no memory for that power of ten.
"""

import sys

import _pydecimal

_divide = _pydecimal.Decimal._divide
_EXPENSIVE = 1000


def _divide_within_reach(self, other, context):
    """Quotient and remainder. Digits that the quotient cannot have are not asked of the context."""
    digits = self.adjusted() - other.adjusted() + 2
    if context.prec > _EXPENSIVE and 0 < digits < context.prec:
        context = context.copy()
        context.prec = digits
    return _divide(self, other, context)


_pydecimal.Decimal._divide = _divide_within_reach
sys.modules[__name__] = _pydecimal
