# test: run
# zip, enumerate, map, filter, reversed.
print(list(zip()), list(zip("ab")), list(zip("abc", range(2))), list(zip([1, 2], (3, 4), "xy")), dict(zip("ab", [1, 2])), list(zip(*[(1, "a"), (2, "b")])), list(zip("ab", "cd", strict=True)))
for args in (("abc", "ab"), ("ab", "abc"), ("ab", "ab", "a"), ("a", "a", "ab"), ("", "a")):
    try:
        list(zip(*args, strict=True))
    except ValueError as error:
        print(error)
for bad in ((5,), ("a", 5), ("a", "b", None)):
    try:
        zip(*bad)
    except TypeError as error:
        print(error)
it = iter([1, 2, 3])
print(list(zip(it, "ab")), next(it, "used one more"))
print(list(enumerate("ab")), list(enumerate("ab", 5)), list(enumerate([], 1)), list(enumerate(iterable="x", start=-1)), next(enumerate("z", 2**62)), list(enumerate(range(2), 2**63 - 1)))
print(list(map(str, [1, 2])), list(map(lambda a, b: a + b, [1, 2, 3], [10, 20])), list(map(max, "ab", "ba", "cc")), list(map(None.__class__ if False else type, [1, "a"])), list(map(int, "123")), sum(map(len, ["a", "bb"])))
for bad in (lambda: map(), lambda: map(str), lambda: list(map(5, [1])), lambda: map(str, 5), lambda: filter(None), lambda: list(filter(5, [1])), lambda: enumerate(5), lambda: enumerate("a", "b"), lambda: reversed(5), lambda: reversed({1}), lambda: reversed(x for x in "a")):
    try:
        bad()
    except TypeError as error:
        print(error)
print(list(filter(None, [0, 1, "", "a", None, []])), list(filter(lambda x: x % 2, range(6))), list(filter(str.isdigit, "a1b2")), list(filter(None, ())))
print(list(reversed([1, 2, 3])), list(reversed((1, 2))), "".join(reversed("abc")), list(reversed(range(3))), list(reversed({"a": 1, "b": 2})), list(reversed(bytearray(b"ab"))), list(reversed({"a": 1}.values())))
log = []
def logged(x):
    log.append(x)
    return x * 2
m = map(logged, [1, 2, 3])
print(log, next(m), log, list(m), log, list(m), iter(m) is m)
z = zip(range(3), map(logged, "ab"))
print(list(z), log[-2:])
e = enumerate(enumerate("xy"))
print(list(e), type(e).__name__, type(zip()).__name__, type(map(str, "")).__name__, type(filter(None, "")).__name__, type(reversed([])).__name__)
def failing():
    yield 1
    raise ValueError("stop here")
for consumer in (lambda: list(zip(failing(), "abc")), lambda: list(map(str, failing())), lambda: list(enumerate(failing())), lambda: list(filter(None, failing()))):
    try:
        consumer()
    except ValueError as error:
        print(error)
print(*map(lambda p: p[0] * p[1], zip(range(4), range(1, 5))), [a + b for a, b in zip("ab", "cd")], [i for i, c in enumerate("hello") if c == "l"])
