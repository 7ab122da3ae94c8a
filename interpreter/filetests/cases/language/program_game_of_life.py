# test: run
# Life on sets and on grids, compared with each other.
def parse(picture):
    return {(x, y) for y, row in enumerate(picture.split()) for x, c in enumerate(row) if c == "#"}
def step_set(cells):
    counts = {}
    for x, y in cells:
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                if dx or dy:
                    key = (x + dx, y + dy)
                    counts[key] = counts.get(key, 0) + 1
    return {cell for cell, n in counts.items() if n == 3 or n == 2 and cell in cells}
class Grid:
    def __init__(self, w, h, cells=()):
        self.w, self.h = w, h
        self.rows = [[0] * w for _ in range(h)]
        for x, y in cells:
            self[x, y] = 1
    def __getitem__(self, key):
        x, y = key
        return self.rows[y][x] if 0 <= x < self.w and 0 <= y < self.h else 0
    def __setitem__(self, key, value):
        x, y = key
        self.rows[y][x] = value
    def neighbours(self, x, y):
        return sum(self[x + dx, y + dy] for dx in (-1, 0, 1) for dy in (-1, 0, 1)) - self[x, y]
    def step(self):
        new = Grid(self.w, self.h)
        for y in range(self.h):
            for x in range(self.w):
                n = self.neighbours(x, y)
                new[x, y] = int(n == 3 or n == 2 and self[x, y])
        return new
    def cells(self):
        return {(x, y) for y in range(self.h) for x in range(self.w) if self[x, y]}
    def __str__(self):
        return "\n".join("".join(".#"[c] for c in row) for row in self.rows)
glider = parse(".#. ..# ###")
cells = {(x + 2, y + 2) for x, y in glider}
grid = Grid(14, 14, cells)
for generation in range(16):
    assert grid.cells() == cells
    cells = step_set(cells)
    grid = grid.step()
print(grid, sorted(cells), sep="\n")
r = parse(".## ##. .#.")
history = []
for _ in range(40):
    history.append(len(r))
    r = step_set(r)
print(history)
def rule(number, width, steps):
    row = [0] * width
    row[width // 2] = 1
    for _ in range(steps):
        yield "".join(" *"[c] for c in row).rstrip()
        row = [number >> (row[i - 1] << 2 | row[i] << 1 | row[(i + 1) % width]) & 1 for i in range(width)]
print(*rule(90, 31, 8), sep="\n")
print(sum(line.count("*") for line in rule(30, 101, 50)))
