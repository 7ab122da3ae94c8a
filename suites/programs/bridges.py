"""Warm-up: a loop with nine independent branches, compiled afresh every round.

Each round executes new source. The branches are taken once in 2, 3, 5, … 23 turns
of the loop, so a tracing JIT meets exit after exit and compiles bridge after
bridge. Size is the number of turns.
"""

import harness_protocol

SOURCE = '''
def main(count):
    i = 0
    s = 0
    while i < count:
        if i % 2 == 0:
            s += 1
        if i % 3 == 0:
            s += 1
        if i % 5 == 0:
            s += 1
        if i % 7 == 0:
            s += 1
        if i % 11 == 0:
            s += 1
        if i % 13 == 0:
            s += 1
        if i % 17 == 0:
            s += 1
        if i % 19 == 0:
            s += 1
        if i % 23 == 0:
            s += 1
        i += 1
    return s

result = main(count)
'''


def exec_round(count):
    namespace = {"count": count}
    exec(SOURCE, namespace)
    return namespace["result"]


if __name__ == "__main__":
    harness_protocol.main("bridges", version=1, size=10000, iterate=exec_round, iterations=100)
