# test: run
# Methods and attributes of int.
print((5).numerator, (5).denominator, (5).real, (5).imag, (5).conjugate(), (5).as_integer_ratio(), (5).is_integer())
for n in (0, 1, -1, 255, 256, 2**60, -(2**60), 2**64 - 1, -(2**100)):
    print(n.bit_length(), n.bit_count(), n.__index__(), n.__int__(), n.__float__(), n.__abs__(), n.__neg__(), n.__invert__())
print((1024).to_bytes(2, "big"), (1024).to_bytes(4, "little"), (-2).to_bytes(2, "big", signed=True), (0).to_bytes(0, "big"), (7).to_bytes())
print(int.from_bytes(b"\x04\x00", "big"), int.from_bytes(b"\x00\x04", "little"), int.from_bytes(b"\xff\xfe", "big", signed=True), int.from_bytes(b"", "big"), int.from_bytes([1, 2, 3], "big"))
for length in (1, 7, 8, 9, 16):
    top = 2 ** (8 * length) - 1
    assert int.from_bytes(top.to_bytes(length, "little"), "little") == top
    print(length, (2 ** (8 * length - 1) - 1).to_bytes(length, "big", signed=True).hex(), (-(2 ** (8 * length - 1))).to_bytes(length, "big", signed=True).hex())
for operation in (lambda: (256).to_bytes(1, "big"), lambda: (-1).to_bytes(1, "big"), lambda: (1).to_bytes(1, "middle"), lambda: (128).to_bytes(1, "big", signed=True)):
    try:
        operation()
    except (OverflowError, ValueError) as error:
        print(type(error).__name__, error)
print((5).__add__(3), (5).__add__("x"), (5).__radd__(1), (5).__eq__(5.0), (5).__lt__(6), (5).__divmod__(3), (5).__pow__(2, 7), (5).__rsub__(1))
print(int.__add__(2, 3), int.__name__, int.__mro__ == (int, object), isinstance(True, int), (3).__class__, (5).__bool__(), (0).__bool__())
print((12).__format__("04x"), (12).__str__(), (12).__repr__(), (12).__hash__(), (7).__floor__(), (7).__ceil__(), (7).__round__(), (1234).__round__(-2))
