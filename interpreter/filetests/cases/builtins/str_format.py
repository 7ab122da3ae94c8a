# test: run
# str.format: fields, attributes, items, conversions, nested specifications.
print("{} {}".format(1, 2), "{1} {0} {1}".format("a", "b"), "{a} {b}".format(a=1, b=2), "{0} {x}".format(5, x=6), "{{}} {{{}}}".format(1), "{0[1]} {0[key]}".format({"1": 0, 1: "one", "key": "v"}), "{0.real} {0.__class__.__name__}".format(5), "{a[0].imag}".format(a=[3j]))
print("{!r} {!s} {!a}".format("é", "é", "é"), "{:>5}|{:<5}|{:^5}|{:*^7}".format("a", "b", "c", "d"), "{:{}}|{:{w}.{p}f}".format("x", 4, 3.14159, w=8, p=2), "{:{fill}{align}{width}}".format("t", fill="~", align="^", width=5), "{0:{1}{2}}".format(5, ">", 4))
print("{:d} {:x} {:,} {:_} {:08.3f} {:+} {:e} {:%}".format(5, 255, 1234567, 1234567, 3.14159, 3, 12345.678, 0.25), "{:.3}".format("abcdef"), "{:5.2}|".format("abc"), "{:}".format([1]), "{!s:>6}".format([1]), "{0!r:^8}".format("q"), "{:c}".format(65))
print("{0:%}".format(1.5), "{[0]}{[1]}".format("ab", "cd"), "{0[a-b]}".format({"a-b": 1}), "{0[ x ]}".format({" x ": 2}), "{:<{n}}|".format("é", n=3), "{}".format("日本"), "😀{}é".format(1))
for template, args in (("{} {}", (1,)), ("{a}", ()), ("{0} {}", (1, 2)), ("{} {0}", (1, 2)), ("{", ()), ("}", ()), ("{0", (1,)), ("{!x}", (1,)), ("{0.nope}", (1,)), ("{0[5]}", ([1],)), ("{:d}", ("x",)), ("{:>>5}", (1,)), ("{!}", (1,)), ("{:5.x}", (1,)), ("{0[}", (1,)), ("{0!rx}", (1,)), ("{:10000000000000000000}", (1,)), ("{0.}", (1,))):
    try:
        print(template.format(*args))
    except Exception as error:
        print(template, type(error).__name__)

class Custom:
    def __format__(self, spec):
        return f"<{spec}>"

print("{:anything goes}".format(Custom()), "{}".format(Custom()), format(Custom(), "x"), f"{Custom():a{1 + 1}b}", "{!s:>3}".format(5))
print("{a}-{b}".format_map({"a": 1, "b": 2}), "{0}".format(*[9]), "{x}".format(**{"x": 3}))

class Default(dict):
    def __missing__(self, key):
        return f"?{key}"

print("{a} {b}".format_map(Default(a=1)), format(5), format("s", "5"), format([1, 2]), format(None))
try:
    format([1], "5")
except TypeError as error:
    print(error)
try:
    format(object(), "5")
except TypeError as error:
    print(error)
