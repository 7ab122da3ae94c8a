# test: run
# What the interpreter tells of its making, and tokens that only signatures of builtins have.
import io
import sysconfig
import tokenize

print(sysconfig.get_config_var("Py_DEBUG"), sysconfig.get_config_var("nothing"))
print(sysconfig.get_config_var("VERSION") == sysconfig.get_python_version() or sysconfig.get_python_version())
print("purelib" in sysconfig.get_paths(), sysconfig.get_scheme_names()[:1])

for source in ("a $ b", "f(a, ?)", "!"):
    try:
        tokens = tokenize.generate_tokens(io.StringIO(source).readline)
        print([(tokenize.tok_name[token.type], token.string) for token in tokens])
    except tokenize.TokenError as error:
        print(error.args)
