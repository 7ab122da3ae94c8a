# test: run
# Methods of float.
for value in (0.0, -0.0, 1.5, -2.75, 1e20, 0.1, 5e-324, 3.0):
    print(value.is_integer(), value.as_integer_ratio(), value.hex(), value.real, value.imag, value.conjugate(), value.__int__() if abs(value) < 1e6 else None)
for bad in (float("inf"), float("nan")):
    try:
        bad.as_integer_ratio()
    except (OverflowError, ValueError) as error:
        print(type(error).__name__, error)
    print(bad.is_integer())
print((1.5).__add__(1), (1.5).__add__("x"), (1.5).__radd__(2), (1.5).__eq__(1.5), (1.5).__divmod__(1), (1.5).__class__, (1.5).__bool__(), (2.0).__hash__(), (1.5).__neg__())
print((1.5).__format__(".3f"), (1.5).__str__(), (1.5).__round__(), (1.25).__round__(1), (0.0).__eq__(-0.0), (1.5).__lt__(2), (1.5).__rsub__(3), (2.0).__rpow__(3))

class Celsius(float):
    def __repr__(self):
        return f"{float(self)} °C"

t = Celsius(21.5)
print(t, repr(t), str(t), f"{t:.2f}", t + 1, type(t + 1), t == 21.5, [t], float(t), isinstance(t, float), -t)
x = 1.0
x += 1
x -= 0.5
x *= 4
x /= 3
x //= 0.5
x **= 2
x %= 7
print(x)
