# test: run
# Keys of documents that are read one after the other: the same object within one document, however
# many there are, and never another document's value.
import json


def shared(document):
    keys = {}
    for each in document:
        for key in each:
            if keys.setdefault(key, key) is not key:
                return False
    return True


for count in (1, 5, 63, 64, 65, 300):
    text = json.dumps([{f"key{at}": at for at in range(count)} for _ in range(3)])
    for _ in range(3):
        document = json.loads(text)
        print(count, shared(document), sum(sum(each.values()) for each in document))
for number in range(200):
    text = '{"a": 1, "b%d": {"a": 2, "": 3, "\\u00e9": 4, "\\n": 5}, "é": 6}' % number
    read = json.loads(text)
    assert list(read) == ["a", f"b{number}", "é"], read
    assert read[f"b{number}"] == {"a": 2, "": 3, "é": 4, "\n": 5}, read
print(read)


def hook(pairs):
    # Reads others meanwhile.
    inner = json.loads('[{"x": 1, "inner": 2}, {"x": 3}]')
    return dict(pairs) | {"inner": inner}


decoder = json.JSONDecoder(object_pairs_hook=hook)
for _ in range(3):
    print(decoder.decode('{"x": {"y": {"x": 7}}, "inner": 8}'))


def again(pairs):
    global depth
    depth += 1
    if depth < 4:
        same.decode('{"k%d": {"x": 1}, "x": 2}' % depth)
    return dict(pairs)


same = json.JSONDecoder(object_pairs_hook=again)
depth = 0
print(same.decode('{"x": {"k1": 1, "x": {"k2": 3}}, "k3": 4}'))
wide = json.loads('[{"ключ": 1, "key": 2}, {"ключ": 3, "key": 4}]')
print(wide, shared(wide))
