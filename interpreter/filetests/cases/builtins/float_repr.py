# test: run
# Shortest repr that reads back, positional and exponent forms.
for value in (
    0.0, -0.0, 1.0, -1.5, 0.1, 0.2, 0.1 + 0.2, 1 / 3, 2 / 3, 1e15, 1e16, 123456789012345680.0, 1e17, 1e22, 1e23, 1e100, 1.5e300,
    0.001, 0.0001, 0.00001, 1.5e-5, 1e-7, 5e-324, 2.2250738585072014e-308, 2.225073858507201e-308, 1.7976931348623157e308,
    9007199254740992.0, 9007199254740993.0, 4.35, 2.675, 100.0, 1e2, 3.14159265358979, 123.456, 1e-10, 9.999999999999999e22,
    float("inf"), float("-inf"), float("nan"), 4503599627370496.5, 1.0000000000000002, 0.30000000000000004, 1e308 * 10, -1e-320,
):
    text = repr(value)
    assert str(value) == text
    assert value != value or float(text) == value
    print(text, value.hex())
print([1.0, 2.5], (0.1,), {1.5: -0.0})
