# test: run
# super() in all its forms.
class A:
    value = "A.value"
    def __init__(self): self.log = ["A"]
    def method(self): return "A.method"
    @classmethod
    def cm(cls): return ("A.cm", cls.__name__)
    @staticmethod
    def sm(): return "A.sm"
    @property
    def prop(self): return "A.prop"
class B(A):
    value = "B.value"
    def __init__(self):
        super().__init__()
        self.log.append("B")
    def method(self):
        call = super().method
        return call() + "+B", super().value
    @classmethod
    def cm(cls): return super().cm()
    @property
    def prop(self): return super().prop + "+B"
    def nested(self):
        def inner():
            return super(B, self).method()
        return inner(), [super(B, self).value for _ in range(1)]
    def with_class(self): return __class__
    def __getattr__(self, name):
        return f"missing {name}"
b = B()
print(b.log, b.method(), B.cm(), b.cm(), b.prop, b.nested(), b.with_class() is B, super(B, b).sm(), super(B, B).cm(), b.zzz)
try:
    super(B, b).zzz
except AttributeError as error:
    print(error)
print(super(B, b).__self__ is b, super(B, b).__thisclass__ is B, super(B, b).__self_class__ is B, isinstance(super(B, b), super))
def outside():
    return super()
try:
    outside()
except RuntimeError as error:
    print(error)
class Bad:
    def no_args():
        return super()
    def deleted(self):
        del self
        return super()
for call in (lambda: Bad.no_args(), lambda: Bad().deleted()):
    try:
        call()
    except RuntimeError as error:
        print(error)
try:
    super(int, "x")
except TypeError as error:
    print(type(error).__name__)
class Left:
    def __init__(self, **kw):
        print("Left", sorted(kw))
        super().__init__(**kw)
class Right:
    def __init__(self, r=None, **kw):
        print("Right", r, sorted(kw))
        super().__init__(**kw)
class Both(Left, Right):
    def __init__(self, **kw):
        print("Both", sorted(kw))
        super().__init__(**kw)
Both(r=1)
class Set(B):
    def __setattr__(self, name, value):
        super().__setattr__(name, [value])
    def __setitem__(self, key, value): print("set", key, value)
class Sub(Set):
    def __setitem__(self, key, value):
        super().__setitem__(key, value * 2)
s = Sub()
s["k"] = 4
s.x = 5
print(s.x, s.log)
