# test: run
# Exceptions raised in the middle of expressions, iterations and protocols.
def trying(action):
    try:
        return action()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
class Bomb:
    def __init__(self, where): self.where = where
    def _maybe(self, name):
        if self.where == name:
            raise RuntimeError(name)
        return 1
    def __len__(self): return self._maybe("len")
    def __iter__(self):
        self._maybe("iter")
        return self
    def __next__(self):
        self._maybe("next")
        raise StopIteration
    def __getitem__(self, key): return self._maybe("getitem")
    def __eq__(self, other): return bool(self._maybe("eq"))
    def __hash__(self): return self._maybe("hash")
    def __bool__(self): return bool(self._maybe("bool"))
    def __add__(self, other): return self._maybe("add")
    def __str__(self): return str(self._maybe("str"))
    def __repr__(self): return str(self._maybe("repr"))
    def __format__(self, spec): return str(self._maybe("format"))
    def __index__(self): return self._maybe("index")
    def __call__(self): return self._maybe("call")
    def __contains__(self, x): return self._maybe("contains")
    def __lt__(self, other): return self._maybe("lt")
    def __enter__(self): return self._maybe("enter")
    def __exit__(self, *a): self._maybe("exit")
    def __getattr__(self, name): return self._maybe("getattr")
def use_with(b):
    with b:
        return "body"
def for_loop(b):
    for x in b:
        pass
    return "looped"
USES = {
    "len": len, "iter": list, "next": for_loop, "getitem": lambda b: b["k"], "eq": lambda b: b == 1, "hash": lambda b: {b: 1} and "hashed", "bool": lambda b: "t" if b else "f",
    "add": lambda b: b + 1, "str": str, "repr": lambda b: f"{b!r}", "format": lambda b: f"{b:x}", "index": lambda b: [1, 2][b], "call": lambda b: b(), "contains": lambda b: 1 in b, "lt": lambda b: sorted([b, b]) and "sorted", "enter": use_with, "exit": use_with, "getattr": lambda b: b.anything,
}
for name, use in USES.items():
    print(name, "|", trying(lambda: use(Bomb(name))), "|", trying(lambda: use(Bomb("nowhere"))))
def broken_generator():
    yield 1
    yield 1 / 0
print(trying(lambda: list(broken_generator())), trying(lambda: [x for x in broken_generator()]), trying(lambda: sum(broken_generator())), trying(lambda: dict(a=1, **{"b": 1 / 0})), trying(lambda: max([3, "x", 1])), trying(lambda: sorted([1, 2, 3], key=lambda x: 1 / (x - 2))), trying(lambda: list(map(int, ["1", "x"]))), trying(lambda: {x: 1 / x for x in (1, 0)}))
partial = []
def fill():
    for i in (1, 2, "x", 4):
        partial.append(i + 1)
print(trying(fill), partial)
def arguments(*args, **kw): return args, kw
print(trying(lambda: arguments(1, *broken_generator())), trying(lambda: arguments(a=1, **Bomb("nowhere"))), trying(lambda: "%d" % "x"), trying(lambda: "{}".format()), trying(lambda: int("5x")), trying(lambda: [1, 2, 3][10:"a"]), trying(lambda: "abc".index("z")), trying(lambda: getattr(5, "nope")), trying(lambda: __import__("no_such_module_here")))
def count_down(n):
    try:
        if n == 0:
            raise ValueError("zero")
        return count_down(n - 1)
    finally:
        unwound.append(n)
unwound = []
print(trying(lambda: count_down(5)), unwound)
