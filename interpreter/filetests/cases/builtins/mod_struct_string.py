# test: run
# struct, string, textwrap, types.
import struct
import string
import types
print(struct.pack("<ihb", 1, -2, 3), struct.pack(">Q", 2**63), struct.unpack(">hH", b"\xff\xfe\x00\x05"), struct.calcsize("<bhiq"), struct.pack("<f", 1.5), struct.unpack("<d", struct.pack("<d", -0.1)), struct.pack("3s5s", b"ab", b"cdefgh"), struct.pack("<?c", True, b"x"), struct.unpack_from("<H", b"\0\1\2\3", 2))
for action in (lambda: struct.pack("<b", 200), lambda: struct.unpack("<i", b"xx"), lambda: struct.pack("<i", "x"), lambda: struct.pack("z", 1)):
    try:
        action()
    except struct.error as error:
        print(type(error).__name__)
print(string.ascii_letters, string.digits, string.punctuation, string.whitespace == " \t\n\r\x0b\x0c", string.capwords("hello big world"), string.Template("$a and ${b}s $$").substitute(a=1, b="two"), string.Template("$x").safe_substitute())
ns = types.SimpleNamespace(a=1, b="x")
ns.c = 3
print(ns, ns.a, ns == types.SimpleNamespace(a=1, b="x", c=3), types.FunctionType is type(lambda: 0), types.GeneratorType is type(x for x in ""), types.MethodType(lambda self: self, 5)(), isinstance(len, types.BuiltinFunctionType), types.ModuleType("m").__name__)
m = types.MappingProxyType({"a": 1})
print(m["a"], len(m), dict(m), m.get("z"))
try:
    m["b"] = 2
except TypeError as error:
    print(error)
import textwrap
print(textwrap.dedent("  a\n    b\n  c"), textwrap.wrap("the quick brown fox jumps", 10), textwrap.fill("aaa bbb ccc", 7), textwrap.indent("x\ny", "> "), textwrap.shorten("hello big world", 11))
