"""Binary trees: allocates, walks and drops many complete binary trees.

The Computer Language Benchmarks Game's task: a stretch tree, a long-lived tree,
and for every second depth a number of short-lived trees, each counted by walking
it. Size is the greatest depth.
"""

import harness_protocol

MIN_DEPTH = 4


class Node:
    __slots__ = ("left", "right")

    def __init__(self, left, right):
        self.left = left
        self.right = right

    def count(self):
        left = self.left
        if left is None:
            return 1
        return 1 + left.count() + self.right.count()


def build(depth):
    if depth == 0:
        return Node(None, None)
    depth -= 1
    return Node(build(depth), build(depth))


def grow(size):
    max_depth = max(MIN_DEPTH + 2, size)
    lines = [f"stretch tree of depth {max_depth + 1}\t check: {build(max_depth + 1).count()}"]
    long_lived = build(max_depth)
    for depth in range(MIN_DEPTH, max_depth + 1, 2):
        trees = 1 << (max_depth - depth + MIN_DEPTH)
        check = 0
        for _ in range(trees):
            check += build(depth).count()
        lines.append(f"{trees}\t trees of depth {depth}\t check: {check}")
    lines.append(f"long lived tree of depth {max_depth}\t check: {long_lived.count()}")
    return "\n".join(lines)


if __name__ == "__main__":
    harness_protocol.main("binary_trees", version=1, size=12, iterate=grow)
