"""Warm-up: calls through a tree of small functions, compiled afresh every round.

Each round executes new source, so whatever a JIT has compiled for the round
before is of no use to it. A round calls f as often as size says; each call of f
makes 6 calls of g, 30 of k and 180 of the empty j. At the default of 1000 calls a
JIT with the usual thresholds sees the functions get hot, but not the loop.
"""

import harness_protocol

SOURCE = '''
def j(i):
    pass

def k(i):
    j(i)
    j(i)
    j(i)
    j(i)
    j(i)
    j(i)
    return i

def g(i):
    k(i)
    k(i)
    k(i)
    k(i)
    return k(i) + 1

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
    harness_protocol.main("function_call", version=1, size=1000, iterate=exec_round, iterations=100)
