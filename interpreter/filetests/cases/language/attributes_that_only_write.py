# test: run
# A descriptor that can only be written goes before an instance's attribute when writing, not when reading.


class Doubles:
    def __init__(self, name):
        self.name = name

    def __set__(self, instance, value):
        instance.__dict__[self.name] = value * 2


class Holder:
    a = Doubles("a")


holder = Holder()
print(holder.a is Holder.__dict__["a"])
total = 0
for turn in range(100):
    holder.a = turn
    total += holder.a
print(total, vars(holder))


class Meta(type):
    pass


class Made(metaclass=Meta):
    b = 5


Meta.b = Doubles("b")
print(Made.b)


# A subclass of `super` looks up as `super` does.
class After(super):
    def __init__(self, *args):
        super().__init__(*args)
        self.own = "own"


class A:
    value = "A's"

    def who(self, n):
        return f"A({n})"


class B(A):
    value = "B's"

    def who(self, n):
        after = After(B, self)
        return f"B({n})" + after.who(n) + after.value


class C(B):
    def who(self, n):
        return f"C({n})" + After(C, self).who(n)


for turn in range(3):
    print(C().who(turn))


# What a class method, a static method or an object of a builtin type gives is no method any more.
class Borrowed:
    from_keys = dict.fromkeys
    from_bytes = int.from_bytes
    translate = str.maketrans
    append = [].append
    join = "-".join
    new = object.__new__
    length = len
    upper = str.upper


borrowed = Borrowed()
for turn in range(3):
    print(borrowed.from_keys("ab"), borrowed.from_bytes(b"\1", "big"), borrowed.translate("a", "b"))
    print(borrowed.join("abc"), borrowed.append(turn), borrowed.length([1]), type(borrowed.new(int)) if 0 else "")
print(Borrowed.append.__self__)
try:
    borrowed.upper()
except TypeError as error:
    print(type(error).__name__)
