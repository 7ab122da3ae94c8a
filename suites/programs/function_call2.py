"""Warm-up: like function_call, with a smaller tree and a loop that gets hot too.

Each round executes new source. A round calls f as often as size says; each call
of f makes 6 calls of g and 30 of the empty k. At the default of 2000 calls the
loop itself crosses the usual thresholds.
"""

import harness_protocol

SOURCE = '''
def k(i):
    pass

def g(i):
    k(i)
    k(i)
    k(i)
    k(i)
    k(i)
    return i

def f(i):
    g(i)
    g(i)
    g(i)
    g(i)
    g(i)
    return g(i) + 1

i = 0
total = 0
while i < count:
    total += f(i)
    i += 1
'''


def exec_round(count):
    namespace = {"count": count}
    exec(SOURCE, namespace)
    return namespace["total"]


if __name__ == "__main__":
    harness_protocol.main("function_call2", version=1, size=2000, iterate=exec_round, iterations=200)
