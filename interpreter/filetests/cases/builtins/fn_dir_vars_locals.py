# test: run
# dir, vars, locals, globals on the things programs ask them for.
class A:
    alpha = 1
    def beta(self): pass
class B(A):
    gamma = 2
b = B()
b.delta = 3
public = lambda names: [n for n in names if not n.startswith("_")]
print(public(dir(A)), public(dir(B)), public(dir(b)), vars(b), public(vars(B)), "__init__" in dir(A), "__class__" in dir(b), dir(b) == sorted(dir(b)))
def function(a, b=2, *args, c=3, **kw):
    d = a + b
    names = sorted(locals())
    return names, locals()["d"]
print(function(1), function(1, 5, 6, c=7, e=8))
def closure():
    x = 1
    def inner():
        return x, sorted(locals())
    return inner()
print(closure())
class Body:
    first = 1
    names = sorted(k for k in locals() if not k.startswith("_"))
print(Body.names)
print("A" in globals(), globals()["A"] is A, locals() is globals(), "print" in dir(__builtins__) if not isinstance(__builtins__, dict) else "print" in __builtins__)
import builtins
print(builtins.len is len, hasattr(builtins, "sorted"), builtins.__name__)
builtins.injected = "now everywhere"
print(injected)
del builtins.injected
try:
    injected
except NameError as error:
    print(error)
for name in ("abs all any ascii bin bool bytearray bytes callable chr classmethod compile complex delattr dict dir divmod enumerate eval exec filter float format frozenset getattr globals hasattr hash hex id input int isinstance issubclass iter len list locals map max memoryview min next object oct open ord pow print property range repr reversed round set setattr slice sorted staticmethod str sum super tuple type vars zip __import__").split():
    assert hasattr(builtins, name), name
for kind, names in ((str, "capitalize casefold center count encode endswith expandtabs find format format_map index isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric isprintable isspace istitle isupper join ljust lower lstrip maketrans partition removeprefix removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title translate upper zfill"), (list, "append clear copy count extend index insert pop remove reverse sort"), (dict, "clear copy fromkeys get items keys pop popitem setdefault update values"), (set, "add clear copy difference difference_update discard intersection intersection_update isdisjoint issubset issuperset pop remove symmetric_difference symmetric_difference_update union update"), (tuple, "count index"), (int, "as_integer_ratio bit_count bit_length conjugate denominator from_bytes imag is_integer numerator real to_bytes"), (float, "as_integer_ratio conjugate fromhex hex imag is_integer real"), (bytes, "capitalize center count decode endswith expandtabs find fromhex hex index isalnum isalpha isascii isdigit islower isspace istitle isupper join ljust lower lstrip maketrans partition removeprefix removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title translate upper zfill"), (range, "count index start step stop"), (slice, "indices start step stop")):
    found = set(dir(kind))
    print(kind.__name__, [n for n in names.split() if n not in found])
