# test: run
# Objects of one sort are read by the keys of one that was read before: the result is what is read key by key.
import json
from json import scanner

slow = json.JSONDecoder()
slow.scan_once = scanner.py_make_scanner(slow)
loads = 0


def shown(value):
    """With the order of keys, and ints told from floats."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {shown(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(shown, value)) + "]"
    return repr(value)


def check(text):
    global loads
    loads += 1
    fast = json.loads(text)
    assert shown(fast) == shown(slow.decode(text)), text
    return fast


same = {"id": 1, "name": "one", "size": 1.5, "tags": ["a", {"id": 7, "name": None}], "": True}
for turn in range(5):
    same["id"] = turn
    check(json.dumps(same))
    check(json.dumps([same] * 4, indent=1))

# Fewer keys, more, others, another order, and the first sort again.
sorts = [
    {"id": 1},
    {"id": 1, "name": 2},
    {"id": 1, "name": 2, "size": 3, "more": 4},
    {"id": 1, "size": 2, "name": 3},
    {"id": 1, "names": 2},
    {"id": 1, "nam": 2, "e": 3},
    {"name": 1, "id": 2},
    {},
]
for one in sorts:
    for other in sorts:
        check(json.dumps([same, one, other, one, {"id": one, "name": other}]))
for turn in range(300):
    check(json.dumps([sorts[turn * 7 % 8], sorts[turn * 5 % 8], sorts[turn * 3 % 8]]))

# Objects in objects of the same sort, values of all kinds.
nested = 0.5
for turn in range(40):
    nested = {"a": turn, "b": nested, "c": [nested] if turn < 3 else -turn / 4}
check(json.dumps(nested))

# Keys that come twice.
print(check('[{"k": 1, "l": 2}, {"k": 1, "l": 2, "k": 3}, {"k": 1, "k": 2, "l": 3}, {"k": 4, "l": 5}]'))
print(check('[{"d": 1, "d": 2}, {"d": 3, "d": 4}, {"d": 5, "e": 6}]'))

# Keys with escapes look like others in the text.
first = json.dumps({'a": "x': 1, "b": 2})
print([check(text) for text in [first, '{"a": "x", "b": 3}', first, '{"a": "y", "b": 4}']])
print([check(text) for text in ['{"p": 1, "q\\u0041": 2}', '{"p": 1, "qA": 2}', '{"p": 1, "q\\u0041": 3}'] * 2])

# Texts of wider characters, and keys of them.
for word in ["\xe9", "\u0416", "\U0001f600"]:
    sort = {"id": 1, word: word, "z" + word: [word]}
    for turn in range(3):
        check(json.dumps([sort, sort, same], ensure_ascii=False))
        check(json.dumps([sort, same, sort]))
        check(json.dumps(same | {"v": word}, ensure_ascii=False))

# More keys than a form may have.
for count in [63, 64, 65, 200]:
    wide = {f"key{at}": at for at in range(count)}
    for turn in range(3):
        check(json.dumps([wide, wide]))

# Where a string ends, at each place in and between words of eight.
for length in range(40):
    for sign in ['"', "\\", "\n", "\x1f", "\x7f", "\x80", "\xff", " ", "!", "#", "[", "]"]:
        text = "x" * length + sign + "y" * (length % 11)
        check(json.dumps([text, {text: text}]))
        check(json.dumps([text], ensure_ascii=False))

# Equal keys of a document are one object.
read = json.loads('[{"a_key": 1, "b_\xe9": 2}, {"a_key": 3, "b_\xe9": 4}, {"b_\xe9": 5}]')
keys = [list(one) for one in read]
print(keys[0][0] is keys[1][0], keys[0][1] is keys[1][1], keys[1][1] is keys[2][0])

# What is read goes to hooks, and is the program's own.
made = []


def hook(read):
    made.append(dict(read))
    read.clear()
    read["was"] = len(made[-1])
    return read


text = json.dumps([{"h": 1, "i": {"h": 2, "i": 3}}] * 3)
print(json.loads(text, object_hook=hook))
print(made)
print(json.loads(text, object_pairs_hook=lambda pairs: pairs))
print(json.loads(text.replace("2", "2.5"), parse_float=lambda digits: [digits]))
first, second = json.loads('[{"h": 1, "i": 2}, {"h": 3, "i": 4}]')
first["h"] = first["new"] = 9
del second["i"]
print(first, second, json.loads('{"h": 5, "i": 6}'))

# Documents that break off, in the midst of an object of a known sort.
check('{"f": 1, "g": 2, "h": 3}')
for text in [
    '{"f": 1, "g": 2, "h": 3',
    '{"f": 1, "g": 2, "h" 3}',
    '{"f": 1, "g": 2, "h',
    '{"f": 1, "g": 2, "h"',
    '{"f": 1, "g": 2, "',
    '{"f": 1, "g": 2, ',
    '{"f": 1, "g": 2,}',
    '{"f": 1, "g": 2 "h": 3}',
    '{"f": 1, "g": , "h": 3}',
    '{"f": 1, g: 2}',
    '[{"f": 1, "g": 2, "h": 3}, {"f": 1, "g": 2, "h": }]',
    '["\x01"]',
    '["abcdefgh\x01"]',
    '["abcdefgh',
    '["abcdefgh\\',
]:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        print(error)
print(json.loads('["\x01", {"f\x02": 1, "g": 2}, {"f\x02": 3, "g": 4}]', strict=False))
print(check('{"f": 1, "g": 2, "h": 3}'), loads)
