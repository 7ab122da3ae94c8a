# test: run
# bool: an int of two values.
print(True + True, True * 5, False - 1, True == 1, True is True, hash(True), repr(True), str(False))
print(bool(), bool(0), bool(0.0), bool(""), bool([]), bool({}), bool(None), bool(()), bool(set()), bool(range(0)), bool("0"), bool([0]))
print(True & False, True | False, True ^ True, type(True & True), type(True & 1), not True, not [], not 5)
print(int(True), float(True), f"{True}", "%s %d" % (True, True), [10, 20][True], {1: "a", True: "b"}, sum([True, True, False]))
print(bool.__mro__ == (bool, int, object), isinstance(True, int), issubclass(bool, int), True.__class__, max(True, 2), sorted([True, False, True]))

class Empty:
    def __len__(self):
        return 0

class Never:
    def __bool__(self):
        return False
    def __len__(self):
        return 5

class Bad:
    def __bool__(self):
        return 1

print(bool(Empty()), bool(Never()), "yes" if Empty() else "no")
try:
    bool(Bad())
except TypeError as error:
    print(type(error).__name__)
try:
    class Sub(bool):
        pass
except TypeError as error:
    print(error)
print(1 and 2, 0 and 2, 1 or 2, 0 or 2, None or "x", "" or [] or 0, 1 and "" and 5, not (1 and 0))
