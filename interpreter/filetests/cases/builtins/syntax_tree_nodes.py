# test: run
# The classes of syntax trees: their fields, constructors and defaults, and what the library builds on
# them.
import ast
import copy
import inspect
import pickle
import warnings

for name in "AST", "mod", "Name", "FunctionDef", "arg", "boolop", "Dict", "TypeVar", "match_case":
    cls = getattr(ast, name)
    print(name, cls.__bases__[0].__name__, cls._fields, cls._attributes, cls.__match_args__)
    print("  ", cls.__doc__ if cls is not ast.AST else "")
    print("  ", getattr(cls, "_field_types", {}))
print(ast.Return.value, ast.stmt.end_lineno, hasattr(ast.Name, "ctx"), hasattr(ast.stmt, "lineno"))

print(ast.dump(ast.Name("x")), ast.dump(ast.List()), ast.dump(ast.Return()), ast.dump(ast.Call("f")))
print(ast.dump(ast.Constant(1, kind="u", lineno=3), include_attributes=True))
print(ast.Name("x").ctx is ast.Name("y").ctx, ast.arguments().kw_defaults)
warnings.simplefilter("error")
for make in (
    lambda: ast.Name("x", ast.Load(), 3),
    lambda: ast.Name("x", id=2),
    lambda: ast.Name(),
    lambda: ast.Pass(1),
    lambda: ast.Name("x", foo=1),
    lambda: copy.replace(ast.Name("x"), foo=1),
):
    try:
        print(make())
    except (TypeError, DeprecationWarning) as error:
        print(type(error).__name__, error)


class Mine(ast.Name):
    pass


print(ast.dump(Mine("x")), isinstance(Mine("x"), ast.expr))
tree = ast.parse("def f(x=[1, 'a']): return x[0]")
for made in copy.deepcopy(tree), pickle.loads(pickle.dumps(tree)):
    print(made is not tree, ast.dump(made) == ast.dump(tree))
print(ast.dump(copy.replace(tree.body[0].args.args[0], arg="y")))

print(ast.literal_eval("{'a': [1, 2.5, -3j, 1 + 2j], b'x': (None, True), 'n': {1, 2}, '': set()}"))
for wrong in "x", "1 + 1", "f()":
    try:
        ast.literal_eval(wrong)
    except ValueError as error:
        print(str(error).partition(":")[0])
print(ast.get_docstring(ast.parse("def f():\n    '''one\n      two'''").body[0]))
print(ast.get_source_segment("a = é + bb", ast.parse("a = é + bb").body[0].value.right))
print([type(node).__name__ for node in ast.walk(ast.parse("a.b[1:2] += c if d else e"))])
print(inspect.signature(len))

SOURCE = '''\
@dec
def f(a, /, b: int=1, *args, c, d=2, **kw) -> int:
    """doc"""
    if a:
        return 1
    elif b:
        pass
    else:
        for x in y:
            print(f'{x!r:>{w}} {{}}')
    match x:
        case [1, *_] | {'a': b, **r} if z:
            pass
        case A(x=1) as q:
            pass
    try:
        ...
    except* E as e:
        raise X from e
    finally:
        del q

class C[T: int](B, m=1):
    pass
type X[*Ts] = tuple[*Ts, int]
lambda *a, k=1: (yield)
with a as b, c:
    assert not -x ** 2, 'no'
print([x async for x in y if z], {**a, 'b': 1}, (a := 3))'''
print(ast.unparse(ast.parse(SOURCE)) == SOURCE)
