# test: run
# How many items iterators have left, those that loops have made in thousands among them.
from operator import length_hint
class C: pass
def check(it, n, log):
    for i in reversed(range(1, n + 1)):
        if length_hint(it) != i: log.append((i, length_hint(it)))
        next(it)
    if length_hint(it) != 0: log.append((0, length_hint(it)))
    try: next(it)
    except StopIteration: pass
    else: log.append('no stop')
    if length_hint(it) != 0: log.append((-1, length_hint(it)))
log = []
for k in range(20):
    for make in (lambda: reversed(range(10)), lambda: iter(range(10)), lambda: iter([1]*10), lambda: reversed([1]*10), lambda: iter((1,)*10), lambda: iter(dict.fromkeys(range(10))), lambda: iter('a'*10)):
        c = C(); c.it = make()
        check(c.it, 10, log)
print(log[:10], len(log))
