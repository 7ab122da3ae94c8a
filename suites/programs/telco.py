"""Telco: prices of telephone calls in decimal arithmetic.

Cowlishaw's benchmark: for each call the duration times the rate, rounded half to
even to cents; a basic tax and, on distance calls, a distance tax, both cut off to
cents; sums of everything and the price printed. The decimal type is our own: an
integer coefficient and an exponent. Durations come from a fixed generator instead
of the published data file. Size is the number of calls.
"""

import harness_protocol

HALF_EVEN = "half even"
DOWN = "down"


class Decimal:
    """An exact decimal number: coefficient times ten to the exponent."""

    __slots__ = ("coefficient", "exponent")

    def __init__(self, coefficient, exponent=0):
        self.coefficient = coefficient
        self.exponent = exponent

    @classmethod
    def parse(cls, text):
        sign = -1 if text.startswith("-") else 1
        whole, _, fraction = text.lstrip("+-").partition(".")
        digits = whole + fraction
        if not digits.isdigit():
            raise ValueError(f"not a decimal number: {text!r}")
        return cls(sign * int(digits), -len(fraction))

    def aligned(self, other):
        """Both coefficients at the smaller of the two exponents, and that."""
        shift = self.exponent - other.exponent
        if shift == 0:
            return self.coefficient, other.coefficient, self.exponent
        if shift > 0:
            return self.coefficient * 10**shift, other.coefficient, other.exponent
        return self.coefficient, other.coefficient * 10**-shift, self.exponent

    def __add__(self, other):
        if not isinstance(other, Decimal):
            return NotImplemented
        one, two, exponent = self.aligned(other)
        return Decimal(one + two, exponent)

    def __sub__(self, other):
        if not isinstance(other, Decimal):
            return NotImplemented
        one, two, exponent = self.aligned(other)
        return Decimal(one - two, exponent)

    def __mul__(self, other):
        if not isinstance(other, Decimal):
            return NotImplemented
        return Decimal(self.coefficient * other.coefficient, self.exponent + other.exponent)

    def __neg__(self):
        return Decimal(-self.coefficient, self.exponent)

    def __eq__(self, other):
        if not isinstance(other, Decimal):
            return NotImplemented
        one, two, _ = self.aligned(other)
        return one == two

    def __lt__(self, other):
        one, two, _ = self.aligned(other)
        return one < two

    def __hash__(self):
        coefficient, exponent = self.coefficient, self.exponent
        while coefficient and coefficient % 10 == 0:
            coefficient //= 10
            exponent += 1
        return hash((coefficient, exponent if coefficient else 0))

    def quantize(self, exponent, rounding=HALF_EVEN):
        """The number with the given exponent, rounded as asked."""
        shift = exponent - self.exponent
        if shift <= 0:
            return Decimal(self.coefficient * 10**-shift, exponent)
        unit = 10**shift
        quotient, rest = divmod(abs(self.coefficient), unit)
        if rounding is HALF_EVEN:
            twice = rest * 2
            if twice > unit or (twice == unit and quotient & 1):
                quotient += 1
        elif rounding is not DOWN:
            raise ValueError(f"unknown rounding {rounding!r}")
        return Decimal(-quotient if self.coefficient < 0 else quotient, exponent)

    def __str__(self):
        sign = "-" if self.coefficient < 0 else ""
        digits = str(abs(self.coefficient))
        if self.exponent >= 0:
            return sign + digits + "0" * self.exponent
        places = -self.exponent
        digits = digits.rjust(places + 1, "0")
        return f"{sign}{digits[:-places]}.{digits[-places:]}"

    def __repr__(self):
        return f"Decimal.parse('{self}')"


CENT = -2
RATES = (Decimal.parse("0.0013"), Decimal.parse("0.00894"))
BASIC_TAX = Decimal.parse("0.0675")
DISTANCE_TAX = Decimal.parse("0.0341")


def durations(count):
    """Call durations in seconds: many short calls, few long ones."""
    state = 20040612
    for _ in range(count):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        length = state >> 8
        yield length % 90 + (length % 1000) * (length % 7) * (length % 3)


class Totals:
    def __init__(self):
        self.price = Decimal(0, CENT)
        self.basic_tax = Decimal(0, CENT)
        self.distance_tax = Decimal(0, CENT)


def bill(calls):
    totals = Totals()
    lines = []
    for duration in calls:
        distant = duration & 1
        price = (RATES[distant] * Decimal(duration)).quantize(CENT)
        basic = (price * BASIC_TAX).quantize(CENT, DOWN)
        totals.basic_tax = totals.basic_tax + basic
        total = price + basic
        if distant:
            distance = (price * DISTANCE_TAX).quantize(CENT, DOWN)
            totals.distance_tax = totals.distance_tax + distance
            total = total + distance
        totals.price = totals.price + total
        lines.append(str(total))
    lines.append(f"{totals.price} {totals.basic_tax} {totals.distance_tax}")
    return "\n".join(lines)


def prepare(size):
    return list(durations(size))


if __name__ == "__main__":
    harness_protocol.main("telco", version=1, size=45000, iterate=bill, prepare=prepare)
