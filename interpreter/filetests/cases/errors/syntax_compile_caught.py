# test: run
# exit: 0
for source in ("x = = 1", "if True", "f(", "'abc", "def f(a, a): pass", "return", "  x = 1\n y = 2", "5 = x"):
    try:
        compile(source, "<source>", "exec")
    except SyntaxError as error:
        print(type(error).__name__, error.filename, error.lineno, error.offset, error.msg)
