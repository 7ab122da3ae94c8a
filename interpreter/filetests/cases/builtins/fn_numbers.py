# test: run
# abs, divmod, pow, round, hash, bin/oct/hex, int/float conversions through protocols.
print(abs(-5), abs(5.5), abs(-0.0), abs(True), abs(3 + 4j), abs(-(10**30)), abs(-(2**60)), abs(-(2**63)))
print(divmod(7, 3), divmod(-7, 3), divmod(7.5, 2), divmod(10**20, 7), divmod(True, 2), pow(2, 8), pow(2, 8, 100), pow(2.0, -1), pow(2, -1), pow(5, 0), pow(base=2, exp=3, mod=5))
print(round(2.5), round(3.5), round(-2.5), round(2.567, 2), round(1234, -2), round(5), round(2.5, 0), round(number=1.25, ndigits=1))
print(bin(5), bin(-5), oct(64), hex(255), bin(True), hex(2**70), oct(-8), bin(0))
class Num:
    def __abs__(self): return "abs"
    def __divmod__(self, o): return "divmod"
    def __rdivmod__(self, o): return "rdivmod"
    def __round__(self, n=7): return n
    def __index__(self): return 12
    def __float__(self): return 2.5
    def __complex__(self): return 5j
    def __hash__(self): return 99
n = Num()
print(abs(n), divmod(n, 1), divmod(1, n), round(n), round(n, 3), bin(n), hex(n), oct(n), float(n), complex(n), hash(n), int(n), chr(n), range(n), [0] * 2 + [n.__index__()], bytes(n), "abcdefghijklmnop"[n], "%d" % n, "%x" % n, f"{n.__index__():x}")
for action in (lambda: abs("x"), lambda: divmod("a", 1), lambda: pow("a", 2), lambda: round([]), lambda: bin(1.5), lambda: hex("a"), lambda: chr(1.5), lambda: chr("a"), lambda: int([]), lambda: float({}), lambda: range(1.5), lambda: bytes(1.5), lambda: round(1.5, 1.5), lambda: divmod(1, None), lambda: int("a", 5.5), lambda: hash([]), lambda: hash({}), lambda: hash(slice(1, [])) if False else hash(set())):
    try:
        print(action())
    except TypeError as error:
        print(error)
for value in (float("inf"), float("nan")):
    for function in (int, round):
        try:
            function(value)
        except (OverflowError, ValueError) as error:
            print(type(error).__name__, error)
print(int("0b101", 0), int("-0o17", 0), int("z", 36), int(b"7f", 16), float(" 1e5 "), float("-inf"), complex("1e2-3j"), int(1e18), int(-1.999), int(2.0**70), float(2**53 + 1), float("1_0.5"))
print(hash(1) == hash(1.0) == hash(True) == hash(1 + 0j), hash(0.5), hash(2**100) == hash(float(2**100)), hash(10**50), hash(-(10**50)), hash(-1), hash(1e10), hash(3.7), hash(None) == hash(None), hash(1j), hash(1.5 + 2j))
print(isinstance(5 // 1, int), type(5 / 1), type(5 // 1.0), type(2**-1), type(2**1), type(True + 1), type(1 + 1.0), type(1.0 + 1j), type(round(1.5)), type(round(1.5, 0)), type(divmod(1.0, 1)[0]))
