# test: run
# float() of texts.
for text in ("1", "1.5", "-1.5", "+2", ".5", "5.", "1e3", "1E-3", "1e+3", " 2.5 \n", "1_000.5", "inf", "-Infinity", "nan", "NaN", "+nan", "1e400", "-1e400", "1e-400", "0x10" [:1], "4.9e-324", "2.4703282292062327e-324", "2.4703282292062328e-324", "1.7976931348623158e308", "1.7976931348623159e308", "0.1", "123456789012345678901234567890", "9007199254740993", "9007199254740992.9999", "1e23", "8.5", "٣.٥", "00012.50"):
    print(repr(text), float(text))
for text in ("", " ", ".", "1e", "e5", "1.2.3", "0x1p3", "1__0", "_1", "1_", "in", "infinit", "1 2", "--1", "nane", "1e5.5"):
    try:
        print(float(text))
    except ValueError as error:
        print(error)
print(float(), float(5), float(10**20), float(True), float(b"2.5"), float(2**1023))
for bad in (None, [], "x", 10**400):
    try:
        print(float(bad))
    except (TypeError, ValueError, OverflowError) as error:
        print(type(error).__name__, error)

class Real:
    def __float__(self):
        return 2.25

class Idx:
    def __index__(self):
        return 4

print(float(Real()), float(Idx()), float("1" * 400 + "e-400"))
print(float.fromhex("0x1.8p1"), float.fromhex("-0x1p-1074"), float.fromhex("0x.1"), float.fromhex("inf"), (0.1).hex(), (5e-324).hex(), (-2.5).hex(), (0.0).hex(), (1e300).hex())
