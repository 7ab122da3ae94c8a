# test: run
# json: dumps and loads, options, errors.
import json
for value in (None, True, False, 0, -5, 10**25, 1.5, -0.0, 1e100, 1e-7, "", "text", 'q"\\/\b\f\n\r\t', "é日😀\x00\x1f\u2028", [], [1, [2, [3]]], {}, {"a": {"b": []}}, (1, 2), {"k": None, "l": True}, {1: 2, None: 3, True: 4, 1.5: 5}, [[], {}, ""]):
    text = json.dumps(value)
    print(text, json.loads(text) == value, json.dumps(value, ensure_ascii=False))
data = {"name": "x", "items": [1, 2.5, {"z": 1, "a": [True, None]}], "empty": [], "o": {}}
print(json.dumps(data, indent=2))
print(json.dumps(data, sort_keys=True, separators=(",", ":")), json.dumps([1, 2], indent="\t"), json.dumps({"b": 1, "a": 2}, sort_keys=True, indent=0))
print(json.dumps(float("nan")), json.dumps([float("inf"), float("-inf")]), json.loads("NaN"), json.loads("[Infinity, -Infinity]"))
for text in ('"\\u00e9\\ud83d\\ude00\\n\\/"', " [1 , 2 ] ", "-0", "1E5", "1.0e-2", "12345678901234567890123", '{"a":1,"a":2}', "true", '"\\ud800"', "[[[[]]]]"):
    print(ascii(json.loads(text)))
for text in ("", "[1,]", "{'a': 1}", '{"a" 1}', '{"a": }', "[1 2]", "nul", '"open', '"\\x"', '"a\nb"', "[1] x", '{"a": 1,}', "01", "+1", "1.", "--1", '"\\u12"', "{1: 2}"):
    try:
        print(json.loads(text))
    except json.JSONDecodeError as error:
        print(repr(text), type(error).__name__, error.lineno, error.colno, error.pos)
class Odd: pass
for bad in (Odd(), {1, 2}, 1j, b"x", {(1, 2): 3}):
    try:
        json.dumps(bad)
    except TypeError as error:
        print(type(error).__name__)
loop = []
loop.append(loop)
try:
    json.dumps(loop)
except ValueError as error:
    print(error)
try:
    json.dumps(float("nan"), allow_nan=False)
except ValueError as error:
    print(type(error).__name__)
class Encoder(json.JSONEncoder):
    def default(self, o):
        if isinstance(o, set):
            return sorted(o)
        return super().default(o)
print(json.dumps({"s": {3, 1}}, cls=Encoder), json.dumps(Odd(), default=lambda o: type(o).__name__), json.dumps({(1,): 2, "k": 3}, skipkeys=True))
print(json.loads('{"a": 1, "b": {"c": 2}}', object_hook=lambda d: sorted(d)), json.loads("[1.5, 2]", parse_float=str, parse_int=lambda s: s + "!"), json.loads('{"x": 1, "y": 2}', object_pairs_hook=list), json.loads(b'{"k": "\xc3\xa9"}'))
import io
out = io.StringIO()
json.dump([1, {"a": "b"}], out)
print(out.getvalue(), json.load(io.StringIO("[3]")))
