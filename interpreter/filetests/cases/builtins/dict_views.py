# test: run
# Views: live, set operations, comparison, iteration errors.
d = {"a": 1, "b": 2, "c": 3}
k, v, i = d.keys(), d.values(), d.items()
print(k, v, i, len(k), "a" in k, 2 in v, ("a", 1) in i, ("a", 2) in i)
d["d"] = 4
del d["a"]
print(k, v, i, list(k), sorted(k & {"b", "z"}), sorted(k | ["x"]), sorted(k - {"b"}), sorted(k ^ {"b", "q"}), k == {"b", "c", "d"}, k <= {"b", "c", "d", "e"}, k.isdisjoint({"x"}), sorted(i & {("b", 2), ("c", 0)}), {"b"} < k, type(k & k).__name__)
print(list(reversed(k)), list(reversed(v)), iter(k) is not iter(k), v == d.values(), i == d.items(), k.mapping["b"])
for change in ("add", "delete"):
    try:
        for key in d:
            if change == "add":
                d[key + key] = 0
            else:
                del d[key]
    except RuntimeError as error:
        print(change, error)
d = {"a": 1, "b": 2}
for key in d:
    d[key] += 10
print(d)
try:
    for key, value in d.items():
        d[key] = value
        d.setdefault("z", 1)
except RuntimeError as error:
    print(error)
it = iter({1: 2, 3: 4})
print(next(it), next(it), next(it, None), {1: 1}.keys() == {1: 2}.keys(), {1: 1}.items() == {1: 2}.items(), {}.keys(), {}.values(), {}.items())
for operation in (lambda: k[0], lambda: k + k, lambda: hash(i) and None, lambda: v & v):
    try:
        operation()
    except TypeError as error:
        print(type(error).__name__)
print([*{"x": 1}], [*{"x": 1}.items()], {**{"x": 1}}, max({"a": 5, "b": 3}, key={"a": 5, "b": 3}.get), dict(sorted({"b": 1, "a": 2}.items(), key=lambda item: item[1])), sum({1: 2, 3: 4}), {value: key for key, value in {"a": 1}.items()})
