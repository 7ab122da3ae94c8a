# test: run
# Linked lists, heaps, tries, an LRU cache, a matrix and a fraction class.
class Node:
    __slots__ = ("value", "next")
    def __init__(self, value, next=None): self.value, self.next = value, next
class LinkedList:
    def __init__(self, items=()):
        self.head = None
        for item in reversed(list(items)):
            self.head = Node(item, self.head)
    def __iter__(self):
        node = self.head
        while node:
            yield node.value
            node = node.next
    def __repr__(self): return f"LinkedList({list(self)!r})"
    def reverse(self):
        previous = None
        node = self.head
        while node:
            node.next, previous, node = previous, node, node.next
        self.head = previous
        return self
    def sort(self):
        def merge(a, b):
            head = tail = Node(None)
            while a and b:
                if b.value < a.value:
                    tail.next, b = b, b.next
                else:
                    tail.next, a = a, a.next
                tail = tail.next
            tail.next = a or b
            return head.next
        def split(node):
            if node is None or node.next is None:
                return node
            slow, fast = node, node.next
            while fast and fast.next:
                slow, fast = slow.next, fast.next.next
            second, slow.next = slow.next, None
            return merge(split(node), split(second))
        self.head = split(self.head)
        return self
l = LinkedList([i * 7 % 11 for i in range(11)])
print(l, l.reverse(), l.sort(), sum(l), 5 in l, LinkedList())
class Trie:
    def __init__(self): self.root = {}
    def add(self, word):
        node = self.root
        for c in word:
            node = node.setdefault(c, {})
        node[None] = True
    def starting(self, prefix):
        node = self.root
        for c in prefix:
            if c not in node:
                return
            node = node[c]
        stack = [(prefix, node)]
        while stack:
            text, node = stack.pop()
            if None in node:
                yield text
            stack.extend((text + c, node[c]) for c in sorted((c for c in node if c), reverse=True))
t = Trie()
for w in "car card care cat dog do".split():
    t.add(w)
print(list(t.starting("car")), list(t.starting("")), list(t.starting("x")))
class LRU:
    def __init__(self, size): self.size, self.data = size, {}
    def get(self, key, make):
        if key in self.data:
            value = self.data.pop(key)
        else:
            value = make(key)
            if len(self.data) >= self.size:
                del self.data[next(iter(self.data))]
        self.data[key] = value
        return value
made = []
cache = LRU(3)
for key in [1, 2, 3, 1, 4, 2, 1, 5, 1]:
    cache.get(key, lambda k: made.append(k) or k * k)
print(made, cache.data)
class Fraction:
    def __init__(self, n, d=1):
        if d == 0:
            raise ZeroDivisionError("fraction with denominator 0")
        a, b = abs(n), abs(d)
        while b:
            a, b = b, a % b
        sign = -1 if d < 0 else 1
        self.n, self.d = sign * n // (a or 1), abs(d) // (a or 1)
    def _pair(self, other):
        return other if isinstance(other, Fraction) else Fraction(other) if isinstance(other, int) else None
    def __add__(self, other):
        o = self._pair(other)
        return NotImplemented if o is None else Fraction(self.n * o.d + o.n * self.d, self.d * o.d)
    __radd__ = __add__
    def __neg__(self): return Fraction(-self.n, self.d)
    def __sub__(self, other): return self + -self._pair(other)
    def __rsub__(self, other): return -self + other
    def __mul__(self, other):
        o = self._pair(other)
        return NotImplemented if o is None else Fraction(self.n * o.n, self.d * o.d)
    __rmul__ = __mul__
    def __truediv__(self, other):
        o = self._pair(other)
        return Fraction(self.n * o.d, self.d * o.n)
    def __rtruediv__(self, other): return Fraction(other) / self
    def __pow__(self, k): return Fraction(self.n**k, self.d**k) if k >= 0 else 1 / self**-k
    def __eq__(self, other):
        o = self._pair(other)
        return NotImplemented if o is None else (self.n, self.d) == (o.n, o.d)
    def __lt__(self, other): return self.n * self._pair(other).d < self._pair(other).n * self.d
    def __hash__(self): return hash((self.n, self.d)) if self.d != 1 else hash(self.n)
    def __float__(self): return self.n / self.d
    def __repr__(self): return f"{self.n}/{self.d}" if self.d != 1 else str(self.n)
F = Fraction
print(F(1, 2) + F(1, 3), 1 - F(3, 4), F(2, -4), F(2, 3) * 3, 1 / F(5, 7), F(2, 3) ** -3, F(4, 2) == 2, {F(2): "two"}[2], sorted([F(1, 2), F(1, 3), F(3, 4)]), float(F(1, 8)), sum([F(1, k) for k in range(1, 20)], F(0)))
for action in (lambda: F(1, 0), lambda: F(1) + "x", lambda: 1 / F(0)):
    try:
        action()
    except (ZeroDivisionError, TypeError) as error:
        print(type(error).__name__, error)
e = F(0)
term = F(1)
for k in range(1, 18):
    e, term = e + term, term / k
print(e, float(e))
