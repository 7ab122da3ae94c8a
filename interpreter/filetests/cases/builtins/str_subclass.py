# test: run
# Subclasses of str, and objects that say how they print.
class Tag(str):
    def __new__(cls, text, kind="plain"):
        self = super().__new__(cls, text)
        self.kind = kind
        return self
    def __add__(self, other):
        return Tag(str(self) + other, self.kind)
    def shout(self):
        return self.upper() + "!"

t = Tag("hi", "greeting")
print(t, repr(t), t.kind, type(t + "x").__name__, (t + "x").kind, type(t.upper()).__name__, t.shout(), t == "hi", {"hi": 1}[t], len(t), t[0], "x" + t, isinstance(t, str), f"{t:>4}", "%s" % t, ",".join([t, t]), type(str(t)).__name__, type(t[:]).__name__, t * 2, hash(t) == hash("hi"), "h" in t)

class Both:
    def __str__(self):
        return "as str"
    def __repr__(self):
        return "as repr"

class OnlyRepr:
    def __repr__(self):
        return "only repr"

class Wrong:
    def __str__(self):
        return 5

print(Both(), [Both()], str(Both()), repr(Both()), f"{Both()!r}", OnlyRepr(), str(OnlyRepr()), ascii(Both()))
try:
    str(Wrong())
except TypeError as error:
    print(type(error).__name__)

class Upper(str):
    def __str__(self):
        return str.upper(self)
    def __eq__(self, other):
        return str.lower(self) == str(other).lower()
    def __hash__(self):
        return hash(str.lower(self))

u = Upper("MiXed")
print(u, str(u), u == "mixed", "mixed" == u, u != "mixed", {u: 1}.get("mixed"), u.lower())
