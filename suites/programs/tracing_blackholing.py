"""Warm-up: a loop whose branch flips right after it got hot.

Each round executes new source. The loop allocates instances of one of two classes
and a list; from turn 1041 on, where a JIT with a threshold of 1039 has just
compiled it, it takes the other branch. The default of 1243 turns leaves it some
two hundred failing exits and the compilation of a bridge: what is measured is
tracing and falling back, not running compiled code. Size is the number of turns.
"""

import harness_protocol

SOURCE = '''
class A(object):
    def __init__(self, a, b):
        self.a = a
        self.b = b
        self.numbers = [a, b, a + b]

    def total(self):
        return self.a + self.b + self.numbers[2]

class B(object):
    def __init__(self, a, b):
        self.a = b
        self.b = a
        self.numbers = [b, a, b - a]

    def total(self):
        return self.a - self.b + self.numbers[2]

def main(count):
    i = 0
    s = 0
    while i < count:
        if i > 1041:
            item = B(i, s)
        else:
            item = A(i, 2)
        numbers = [item.a, item.b, i]
        s = (s + item.total() + numbers[i % 3]) % 65521
        i += 1
    return s

result = main(count)
'''


def exec_round(count):
    namespace = {"count": count}
    exec(SOURCE, namespace)
    return namespace["result"]


if __name__ == "__main__":
    harness_protocol.main("tracing_blackholing", version=1, size=1243, iterate=exec_round, iterations=100)
