# test: run
# Shortest paths, components, topological order, spanning tree.
from collections import deque, defaultdict
import heapq
class Graph:
    def __init__(self, directed=False):
        self.edges = defaultdict(dict)
        self.directed = directed
    def add(self, a, b, weight=1):
        self.edges[a][b] = weight
        if not self.directed:
            self.edges[b][a] = weight
        else:
            self.edges[b]
        return self
    def __iter__(self): return iter(sorted(self.edges))
    def __contains__(self, node): return node in self.edges
    def breadth_first(self, start):
        seen, queue = {start}, deque([start])
        while queue:
            node = queue.popleft()
            yield node
            for other in sorted(self.edges[node]):
                if other not in seen:
                    seen.add(other)
                    queue.append(other)
    def depth_first(self, node, seen=None):
        seen = set() if seen is None else seen
        seen.add(node)
        yield node
        for other in sorted(self.edges[node]):
            if other not in seen:
                yield from self.depth_first(other, seen)
    def shortest(self, start, goal):
        best = {start: 0}
        came = {}
        heap = [(0, start)]
        while heap:
            cost, node = heapq.heappop(heap)
            if node == goal:
                path = [node]
                while path[-1] != start:
                    path.append(came[path[-1]])
                return cost, path[::-1]
            if cost > best[node]:
                continue
            for other, weight in self.edges[node].items():
                new = cost + weight
                if new < best.get(other, float("inf")):
                    best[other], came[other] = new, node
                    heapq.heappush(heap, (new, other))
        raise LookupError(f"no way from {start} to {goal}")
    def components(self):
        left = set(self.edges)
        while left:
            part = set(self.breadth_first(min(left)))
            left -= part
            yield sorted(part)
    def topological(self):
        incoming = {node: 0 for node in self.edges}
        for node in self.edges:
            for other in self.edges[node]:
                incoming[other] += 1
        ready = sorted(n for n, count in incoming.items() if not count)
        order = []
        while ready:
            node = ready.pop(0)
            order.append(node)
            for other in sorted(self.edges[node]):
                incoming[other] -= 1
                if not incoming[other]:
                    ready.append(other)
            ready.sort()
        if len(order) < len(self.edges):
            raise ValueError("the graph has a cycle")
        return order
    def spanning(self):
        parent = {n: n for n in self.edges}
        def find(n):
            while parent[n] != n:
                parent[n] = parent[parent[n]]
                n = parent[n]
            return n
        total = []
        for weight, a, b in sorted((w, a, b) for a in self.edges for b, w in self.edges[a].items() if a < b):
            if find(a) != find(b):
                parent[find(a)] = find(b)
                total.append((a, b, weight))
        return total
g = Graph()
for a, b, w in [("a", "b", 4), ("a", "c", 2), ("b", "c", 5), ("b", "d", 10), ("c", "e", 3), ("e", "d", 4), ("d", "f", 11), ("x", "y", 1)]:
    g.add(a, b, w)
print(list(g.breadth_first("a")), list(g.depth_first("a")), g.shortest("a", "f"), g.shortest("b", "e"), list(g.components()), g.spanning(), "a" in g, "q" in g, list(g))
try:
    g.shortest("a", "x")
except LookupError as error:
    print(error)
d = Graph(directed=True)
for pair in ("shirt tie", "tie jacket", "trousers shoes", "trousers belt", "belt jacket", "socks shoes"):
    d.add(*pair.split())
print(d.topological())
try:
    d.add("jacket", "shirt").topological()
except ValueError as error:
    print(error)
grid = ["S.#.....", "..#.###.", "..#...#.", "......#G"]
cells = {(r, c): ch for r, row in enumerate(grid) for c, ch in enumerate(row)}
maze = Graph()
for (r, c), ch in cells.items():
    if ch != "#":
        for other in ((r + 1, c), (r, c + 1)):
            if cells.get(other, "#") != "#":
                maze.add((r, c), other)
start = next(p for p, ch in cells.items() if ch == "S")
goal = next(p for p, ch in cells.items() if ch == "G")
cost, path = maze.shortest(start, goal)
print(cost, path[0], path[len(path) // 2], path[-1], "\n".join("".join("*" if (r, c) in path else ch for c, ch in enumerate(row)) for r, row in enumerate(grid)), sep="\n")
