# test: run
# Very deep data: made, walked, compared and dropped without harm.
def chain(n):
    node = None
    for i in range(n):
        node = (i, node)
    return node
node = chain(100000)
count = 0
walker = node
while walker is not None:
    count += 1
    walker = walker[1]
print(count)
del node, walker
deep = []
for _ in range(100000):
    deep = [deep]
for action in (lambda: repr(deep), lambda: deep == [deep[0][0]] or deep == deep[0]):
    try:
        action()
        print("fine")
    except RecursionError:
        print("RecursionError")
class Node:
    def __init__(self, next): self.next = next
head = None
for i in range(100000):
    head = Node(head)
steps = 0
while head:
    head = head.next
    steps += 1
print(steps)
functions = lambda x: x
for _ in range(200):
    functions = (lambda f: lambda x: f(x) + 1)(functions)
print(functions(0))
generator = iter(range(3))
for _ in range(100):
    generator = (x + 1 for x in generator)
print(list(generator))
nested = {}
for i in range(5000):
    nested = {"k": nested, "i": i}
total = 0
while nested:
    total += nested["i"]
    nested = nested["k"]
print(total)
for source in ("(" * 5000 + ")" * 5000, "[" * 5000 + "]" * 5000, "-" * 50000 + "1", "not " * 20000 + "1", "lambda:" * 5000 + "1", "{" * 3000 + "}" * 3000):
    # How deep source may nest is each implementation's own affair; that it
    # survives is not.
    try:
        compile(source, "<deep>", "eval")
    except (SyntaxError, RecursionError, MemoryError):
        pass
    print("survived")
for source in ("1" + "+1" * 500, " and ".join(["1"] * 2000), "[" * 50 + "]" * 50, "(" * 80 + "7" + ")" * 80, "-" * 60 + "1", "1 if 1 else " * 60 + "2"):
    print(eval(source))
a = []
b = [a]
a.append(b)
try:
    a == b
except RecursionError:
    print("cyclic comparison")
print(a, len(a[0][0][0]))
