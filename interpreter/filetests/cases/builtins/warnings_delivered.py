# test: run
"""Warnings of the compiler go to `warnings`, whose filters decide; files that nobody closed are told of."""
import gc
import warnings


def told(source):
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        compile(source, "f.py", "exec")
    for warning in found:
        print(warning.category.__name__, warning.filename, warning.lineno, warning.message)
    return found


SOURCES = [
    "'\\d'", "x = b'a\\q'", "f'\\d{1}\\w'", "'''\n\\d'''", "r'\\d'", "'\\777'", "'\\377'", "x is 1", "x is not ()",
    "assert (x, 'a')", "1()", "'a'()", "f''()", "(1, 2)(3)", "[i for i in x]()", "[1][1, 2]", "[1]['a']", "'a'['b']",
    "'a'[f'{1}']", "(1,)[1]", "(1,)[True]", "None[1]", "{1: 2}['a']", "{1}[0]", "...[0]", "(lambda: 1)[0]",
    "(lambda: 1)()", "True.x",
]
for source in SOURCES:
    print(repr(source))
    told(source)

with warnings.catch_warnings():
    warnings.simplefilter("error")
    for source in ["x = 1\ny = x is 'a'", "a = '\\d'", "assert (x, 'a')", "[1][1, 2]"]:
        try:
            compile(source, "f.py", "exec")
        except SyntaxError as error:
            print(error.msg, error.filename, error.lineno)
with warnings.catch_warnings():
    warnings.filterwarnings("error", category=SyntaxWarning, module="other")
    warnings.filterwarnings("ignore", message=".*literal")
    compile("x is 1", "f.py", "exec")


def forget():
    open("/dev/null")


with warnings.catch_warnings(record=True) as found:
    warnings.simplefilter("always")
    forget()
    gc.collect()
for warning in found:
    print(warning.category.__name__, str(warning.message).split(" mode=")[0])
with open("/dev/null") as closed:
    pass
with warnings.catch_warnings(record=True) as found:
    warnings.simplefilter("always")
    del closed
    gc.collect()
print(found)
