# test: run
# itertools, all of it that programs use.
import itertools as it
from itertools import islice
def take(iterable, n=6):
    return list(islice(iterable, n))
print(take(it.count()), take(it.count(5, -2)), take(it.count(0.5, 0.25), 3), take(it.cycle("ab")), take(it.repeat(7), 3), list(it.repeat("x", 2)), list(it.cycle([])))
print(list(it.chain("ab", [1], ())), list(it.chain.from_iterable(["ab", "c"])), list(it.accumulate([1, 2, 3])), list(it.accumulate([1, 2, 3], lambda a, b: a * b)), list(it.accumulate([1, 2], initial=10)), list(it.accumulate([])), list(it.compress("abcd", [1, 0, 1])), list(it.dropwhile(lambda x: x < 3, [1, 3, 1])), list(it.takewhile(lambda x: x < 3, [1, 2, 3, 1])), list(it.filterfalse(lambda x: x % 2, range(5))), list(it.filterfalse(None, [0, 1, ""])))
print(list(islice("abcdef", 2)), list(islice("abcdef", 2, 5)), list(islice("abcdef", 1, None, 2)), list(islice("abc", 0)), list(it.starmap(pow, [(2, 3), (3, 2)])), list(it.zip_longest("abc", "x", fillvalue="-")), list(it.zip_longest("a", "bc")), list(it.pairwise("abcd")), list(it.pairwise("a")), [tuple(b) for b in it.batched("abcdefg", 3)])
print(list(it.product("ab", [1, 2])), list(it.product("ab", repeat=2)), list(it.product()), list(it.product([], "a")), list(it.permutations("abc")), list(it.permutations("abc", 2)), list(it.permutations("ab", 3)), list(it.permutations([])), list(it.combinations("abcd", 2)), list(it.combinations("ab", 3)), list(it.combinations_with_replacement("abc", 2)), len(list(it.permutations(range(6)))))
print([(k, list(g)) for k, g in it.groupby("aaabbca")], [(k, list(g)) for k, g in it.groupby([1, 3, 2, 4, 5], key=lambda x: x % 2)], [k for k, g in it.groupby("aabb")])
groups = it.groupby("aab")
first, members = next(groups)
second, others = next(groups)
print(first, list(members), second, list(others))
a, b = it.tee([1, 2, 3])
print(next(a), next(a), list(b), list(a))
p, q, r = it.tee(iter("xyz"), 3)
print(list(p), next(q), list(r), list(q))
log = []
def noisy(n):
    for i in range(n):
        log.append(i)
        yield i
print(take(it.takewhile(lambda x: x < 2, noisy(10))), log)
log.clear()
print(next(it.islice(noisy(10), 3, None)), log)
for action in (lambda: islice("a", -1), lambda: islice("a", 1, 2, 0), lambda: it.repeat(1, "x"), lambda: it.combinations("a", -1), lambda: list(it.batched("ab", 0)), lambda: it.chain(5).__next__(), lambda: list(it.batched("abc", 2, strict=True)), lambda: it.permutations("ab", "x"), lambda: it.tee([], -1)):
    try:
        action()
    except (ValueError, TypeError) as error:
        print(type(error).__name__)
c = it.count(3)
print(next(c), next(c), c, it.repeat(5, 2), take(it.count(2**63 - 1), 3), take(it.chain.from_iterable(it.repeat("ab")), 5), sum(islice(it.count(1), 100)), max(it.accumulate([3, -1, 5], max)), dict(zip("ab", it.count())), list(map(lambda x, y: x + y, it.count(), [10, 20])), [*it.islice(it.cycle(range(3)), 7)])
