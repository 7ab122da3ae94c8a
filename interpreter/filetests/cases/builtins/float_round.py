# test: run
# round() to the nearest, half to even, with and without digits.
for value in (0.5, 1.5, 2.5, -0.5, -1.5, 2.4999999999999996, 0.49999999999999994, 1e20, -1e20, 2.0**52 + 0.5, 123.456):
    print(value, round(value), type(round(value)), int(value), value.__trunc__(), value.__floor__(), value.__ceil__())
for value, digits in ((2.675, 2), (2.665, 2), (1.005, 2), (0.15, 1), (0.25, 1), (0.35, 1), (1234.5678, -2), (1234.5678, -4), (1e300, 2), (5e-324, 323), (-2.5, 0), (0.5, 0), (1.5, 0), (25.0, -1), (35.0, -1), (1.7976931348623157e308, -300), (0.1, 20), (123.456, 1), (-0.04, 1)):
    print(value, digits, round(value, digits))
for bad in (float("inf"), float("nan")):
    try:
        round(bad)
    except (OverflowError, ValueError) as error:
        print(type(error).__name__, error)
    print(round(bad, 2))
print(round(2.5, None), round(1e16), round(-0.2), round(-0.0, 1), round(1e22))
try:
    round("x")
except TypeError as error:
    print(error)
