# test: run
# Globals that machine code gives values, among them functions and classes, which are taken for
# constants where nothing gives them others.


def told(value):
    return value.__name__ if isinstance(value, type) or callable(value) else repr(value)


seen = {}
for value in [1, 2.5, "text", int, len, told] * 300:
    text = told(value)
    seen[text] = seen.get(text, 0) + (type(value) is type(value))
print(seen)

# What is told of an item depends on its kind, so another way leads to each second use of `value`.
items = [1, 1, 1, 1, int, str, 10**30, float, 2.5, len, abs, "text", None] * 100
same = 0
for at, value in enumerate(items):
    if value != 1:
        same += value is items[at]
    repr(value)
    same += value is items[at]
print(same)

chosen = 0


def choose(values):
    global chosen
    right = 0
    for item in values:
        chosen = item
        right += read() is item
    return right


def read():
    return chosen


print(choose(list(range(200))), choose([int] * 200), choose([1, int, 2, float, len] * 100))
print(choose([abs] * 100 + list(range(100)) + [sum, max] * 50))
chosen = int
print(read() is int, [read() for _ in range(100)] == [int] * 100)
print(choose([str] * 50 + [1]), read())
