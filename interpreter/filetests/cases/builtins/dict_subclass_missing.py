# test: run
# Subclasses of dict, __missing__, and methods that do or do not go through it.
class Counting(dict):
    def __missing__(self, key):
        self[key] = value = len(self)
        return value

c = Counting()
print(c["a"], c["b"], c["a"], c.get("z"), "z" in c, c, type(c.copy()).__name__, len(c))

class Lower(dict):
    def __setitem__(self, key, value):
        super().__setitem__(key.lower(), value)
    def __getitem__(self, key):
        return super().__getitem__(key.lower())
    def __contains__(self, key):
        return super().__contains__(key.lower())
    def __delitem__(self, key):
        super().__delitem__(key.lower())

l = Lower()
l["ABC"] = 1
l.update({"XyZ": 2})
print(l, l["abc"], "aBc" in l, dict.__getitem__(l, "XyZ"), l == {"abc": 1, "XyZ": 2}, isinstance(l, dict))
del l["Abc"]
print(l, {**l}, dict(l), list(l), Lower(a=1), repr(Lower()))
class Attr(dict):
    __getattr__ = dict.__getitem__
    __setattr__ = dict.__setitem__
a = Attr(x=1)
a.y = 2
print(a.x, a["y"], a, a.keys())
try:
    a.z
except KeyError as error:
    print(repr(error))
class WithKeys:
    def keys(self):
        return ["p", "q"]
    def __getitem__(self, key):
        return key * 2
print(dict(WithKeys()), {**WithKeys()}, (lambda **kw: kw)(**WithKeys()))
d = {}
d.update(WithKeys(), r=1)
print(d)
