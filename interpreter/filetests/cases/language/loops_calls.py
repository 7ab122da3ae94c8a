# test: run
# Calls of all kinds in hot loops: closures, defaults, stars, bound methods, classes, builtins.
def plain(a, b=2, *, c=3):
    return a + b * c
def star(*args, **kwargs):
    return len(args) + sum(kwargs.values())
class Adder:
    def __init__(self, n): self.n = n
    def __call__(self, x): return x + self.n
    def method(self, x): return x * self.n
    @classmethod
    def make(cls, n): return cls(n)
    @staticmethod
    def twice(x): return x * 2
def run(n):
    adder = Adder(5)
    bound = adder.method
    cell = 0
    def bump(by):
        nonlocal cell
        cell += by
        return cell
    functions = [plain, adder, bound, Adder.twice, abs, lambda x: -x, bump]
    total = 0
    for i in range(n):
        total += plain(i) + plain(i, 3) + plain(i, c=4) + plain(*[1, 2]) + plain(**{"a": i})
        total += star(1, 2, i, k=i % 3) + functions[i % len(functions)](i)
        total += Adder.make(i % 4).method(2) + len(str(i)) + max(i, 5) + min(i, 3, 7) + int("7") + isinstance(i, int)
        total %= 1000000007
    return total, cell
print(run(1000))
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
def tak(x, y, z):
    return z if y >= x else tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y))
print(fib(16), tak(9, 5, 2))
def apply_all(n):
    def compose(f, g):
        return lambda x: f(g(x))
    f = lambda x: x + 1
    for i in range(6):
        f = compose(f, f)
    return sum(f(i) for i in range(n))
print(apply_all(20))
def generator_calls(n):
    def gen(k):
        for i in range(k):
            yield i
            if i == 5:
                return
    total = 0
    for i in range(n):
        for v in gen(i % 9):
            total += v
    return total
print(generator_calls(300))
def keyword_orders(n):
    def f(a, b, c, *, d=4, **rest):
        return a * 1000 + b * 100 + c * 10 + d + len(rest)
    out = 0
    for i in range(n):
        out += f(1, 2, 3) + f(c=3, a=1, b=2) + f(1, c=3, b=2, d=5) + f(1, 2, 3, x=1, y=2)
    return out
print(keyword_orders(400))
def builtins_shadowed(n):
    out = []
    global len
    for i in range(n):
        if i == n // 2:
            len = lambda x: -1
        out.append(len("abc"))
    del len
    return out.count(3), out.count(-1)
print(builtins_shadowed(400))
counter = 0
def count_global(n):
    global counter
    for i in range(n):
        counter += i
    return counter
print(count_global(1000), counter)
def sort_keys(n):
    data = [(i * 7919) % 1009 for i in range(n)]
    return sorted(data, key=lambda v: (v % 10, -v))[:5], max(data, key=lambda v: v % 100), list(map(lambda v: v * 2, filter(lambda v: v > 1000, data)))
print(sort_keys(500))
def recursion_in_loop(n):
    def depth(k):
        return 0 if k == 0 else 1 + depth(k - 1)
    return sum(depth(i % 30) for i in range(n))
print(recursion_in_loop(300))
class Node:
    __slots__ = ("left", "right", "value")
    def __init__(self, value):
        self.value, self.left, self.right = value, None, None
    def insert(self, value):
        node = self
        while True:
            if value < node.value:
                if node.left is None:
                    node.left = Node(value)
                    return
                node = node.left
            else:
                if node.right is None:
                    node.right = Node(value)
                    return
                node = node.right
    def walk(self):
        if self.left: yield from self.left.walk()
        yield self.value
        if self.right: yield from self.right.walk()
root = Node(500)
for i in range(400):
    root.insert(i * 7919 % 1009)
values = list(root.walk())
print(len(values), values == sorted(values), values[:5], values[-3:])
