"""Warm-up: removes allocations from a flow graph, as a compiler does it.

A graph of some hundred blocks in single-assignment form is built once from a
random but fixed program of loops and branches that allocate small records. Every
iteration copies the graph and removes, until nothing changes, the records that
never leave it: their fields become variables that are passed along the links. The
code is large and branchy and every iteration is short, and a run is short, too, so
that most of it is spent before a JIT has caught up: of 30 iterations PyPy compiles
for two fifths of the time, of 200 for a sixth. Size is the number of program pieces.

The copy is then interpreted and must compute what the original computed.
"""

import harness_protocol


class Dice:
    __slots__ = ("state",)

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        self.state = (self.state * 1103515245 + 12345) & 0x7FFFFFFF
        return (self.state >> 12) % limit


# ---------------------------------------------------------------- flow graphs

class Variable:
    __slots__ = ("name",)

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name


class Constant:
    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value

    def __repr__(self):
        return f"({self.value!r})"


class Operation:
    __slots__ = ("name", "args", "result")

    def __init__(self, name, args, result):
        self.name = name
        self.args = args
        self.result = result

    def __repr__(self):
        return f"{self.result} = {self.name}({', '.join(map(repr, self.args))})"


class Link:
    """An edge: the arguments become the input variables of the target."""

    __slots__ = ("args", "target", "case")

    def __init__(self, args, target, case=None):
        self.args = args
        self.target = target
        self.case = case


class Block:
    __slots__ = ("inputs", "operations", "switch", "exits")

    def __init__(self, inputs):
        self.inputs = inputs
        self.operations = []
        self.switch = None
        self.exits = []


class Graph:
    def __init__(self, start, end):
        self.start = start
        self.end = end

    def blocks(self):
        """All blocks in the order in which a walk along the exits meets them."""
        seen = {self.start}
        todo = [self.start]
        while todo:
            block = todo.pop()
            yield block
            for link in reversed(block.exits):
                if link.target not in seen:
                    seen.add(link.target)
                    todo.append(link.target)

    def copy(self):
        variables = {}
        blocks = {}

        def fresh(value):
            if not isinstance(value, Variable):
                return value
            found = variables.get(value)
            if found is None:
                found = variables[value] = Variable(value.name)
            return found

        originals = list(self.blocks())
        for block in originals:
            blocks[block] = Block([fresh(value) for value in block.inputs])
        for block in originals:
            copied = blocks[block]
            copied.operations = [
                Operation(operation.name, [fresh(arg) for arg in operation.args], fresh(operation.result))
                for operation in block.operations
            ]
            copied.switch = fresh(block.switch)
            copied.exits = [
                Link([fresh(arg) for arg in link.args], blocks[link.target], link.case) for link in block.exits
            ]
        return Graph(blocks[self.start], blocks[self.end])

    def summary(self):
        """Blocks, values passed along links, and operations by name."""
        blocks = passed = 0
        names = {}
        for block in self.blocks():
            blocks += 1
            for operation in block.operations:
                names[operation.name] = names.get(operation.name, 0) + 1
            passed += sum(len(link.args) for link in block.exits)
        return blocks, passed, sorted(names.items())


# ---------------------------------------------------------------- the program

class Builder:
    """Builds pieces one after another; `total` is the variable they all update."""

    FIELDS = ("x", "y", "z")

    def __init__(self, dice):
        self.dice = dice
        self.names = 0
        start = Block([self.variable("n")])
        self.start = self.block = start
        self.counter = start.inputs[0]
        self.total = Constant(0)

    def variable(self, prefix="v"):
        self.names += 1
        return Variable(f"{prefix}{self.names}")

    def emit(self, name, *args):
        result = self.variable()
        self.block.operations.append(Operation(name, list(args), result))
        return result

    def go(self, block, *args):
        self.block.exits = [Link(list(args), block)]
        self.block = block

    def branch(self, condition, passed):
        """Two blocks that get `passed`; gives them with their input variables."""
        targets = []
        for case in (False, True):
            target = Block([self.variable() for _ in passed])
            self.block.exits.append(Link(list(passed), target, case))
            targets.append(target)
        self.block.switch = condition
        return targets

    def record(self, *values):
        record = self.emit("malloc")
        for field, value in zip(self.FIELDS, values):
            self.emit("setfield", record, Constant(field), value)
        return record

    def get(self, record, field):
        return self.emit("getfield", record, Constant(field))

    def small(self):
        return Constant(self.dice.below(50) + 1)

    def piece_straight(self):
        record = self.record(self.counter, self.small(), self.total)
        product = self.emit("mul", self.get(record, "x"), self.get(record, "y"))
        self.emit("setfield", record, Constant("y"), product)
        self.total = self.emit("add", self.get(record, "z"), self.get(record, "y"))

    def piece_nested(self):
        inner = self.record(self.total, self.small())
        outer = self.record(self.counter, inner)
        loaded = self.get(outer, "y")
        summed = self.emit("add", self.get(loaded, "x"), self.get(outer, "x"))
        self.emit("setfield", loaded, Constant("x"), summed)
        self.total = self.emit("sub", self.get(inner, "x"), self.get(inner, "y"))

    def piece_loop(self):
        """A record that lives around a loop, as an iterator or a cell does."""
        record = self.record(Constant(0), self.small(), self.total)
        head = Block([self.variable(), self.variable()])
        self.go(head, self.counter, record)
        counter, record = head.inputs
        index = self.get(record, "x")
        condition = self.emit("less", index, Constant(self.dice.below(4) + 2))
        after, body = self.branch(condition, [counter, record])
        self.block = body
        counter, record = body.inputs
        self.emit("setfield", record, Constant("x"), self.emit("add", self.get(record, "x"), Constant(1)))
        pair = self.record(self.get(record, "z"), self.get(record, "y"))
        summed = self.emit("add", self.get(pair, "x"), self.get(pair, "y"))
        self.emit("setfield", record, Constant("z"), summed)
        self.block.exits = [Link([counter, record], head)]
        self.block = after
        self.counter, record = after.inputs
        self.total = self.get(record, "z")

    def piece_branch(self):
        """A record made before a branch and changed on one side of it."""
        record = self.record(self.total, self.small())
        parity = self.emit("mod", self.total, Constant(self.dice.below(3) + 2))
        condition = self.emit("less", parity, Constant(1))
        no, yes = self.branch(condition, [self.counter, record])
        join = Block([self.variable(), self.variable()])
        self.block = no
        self.go(join, *no.inputs)
        self.block = yes
        counter, record = yes.inputs
        self.emit("setfield", record, Constant("x"), self.emit("add", self.get(record, "y"), counter))
        self.go(join, counter, record)
        self.counter, record = join.inputs
        self.total = self.get(record, "x")

    def piece_two_makers(self):
        """Records made on both sides of a branch: they stay."""
        condition = self.emit("less", self.emit("mod", self.total, Constant(2)), Constant(1))
        no, yes = self.branch(condition, [self.counter, self.total])
        join = Block([self.variable(), self.variable()])
        for side in (no, yes):
            self.block = side
            counter, total = side.inputs
            self.go(join, counter, self.record(total, self.small()))
        self.counter, record = join.inputs
        self.total = self.emit("add", self.get(record, "x"), self.get(record, "y"))

    def piece_escape(self):
        """A record that is handed to a call: it stays."""
        record = self.record(self.total, self.counter)
        self.total = self.emit("call", record)

    def finish(self):
        end = Block([self.variable()])
        self.go(end, self.total)
        return Graph(self.start, end)


def build(pieces):
    dice = Dice(4711)
    builder = Builder(dice)
    kinds = [
        builder.piece_loop,
        builder.piece_branch,
        builder.piece_straight,
        builder.piece_nested,
        builder.piece_loop,
        builder.piece_two_makers,
        builder.piece_branch,
        builder.piece_escape,
    ]
    for _ in range(pieces):
        kinds[dice.below(len(kinds))]()
    return builder.finish()


# ---------------------------------------------------------------- removal

class LifeTime:
    """The variables that may hold the same records, and what is done to these."""

    __slots__ = ("makers", "escapes", "fields")

    def __init__(self):
        self.makers = 0
        self.escapes = False
        self.fields = set()

    def absorb(self, other):
        self.makers += other.makers
        self.escapes |= other.escapes
        self.fields |= other.fields


class LifeTimes:
    """Union-find over the variables of a graph."""

    def __init__(self):
        self.parents = {}
        self.infos = {}

    def find(self, variable):
        parents = self.parents
        if variable not in parents:
            parents[variable] = variable
            self.infos[variable] = LifeTime()
            return variable
        root = variable
        while parents[root] is not root:
            root = parents[root]
        while parents[variable] is not root:
            parents[variable], variable = root, parents[variable]
        return root

    def info(self, variable):
        return self.infos[self.find(variable)]

    def union(self, one, two):
        one, two = self.find(one), self.find(two)
        if one is not two:
            self.parents[two] = one
            self.infos[one].absorb(self.infos.pop(two))


def analyse(graph):
    lifetimes = LifeTimes()
    for value in graph.start.inputs:
        lifetimes.info(value).escapes = True
    for block in graph.blocks():
        for operation in block.operations:
            use(lifetimes, operation)
        if isinstance(block.switch, Variable):
            lifetimes.info(block.switch).escapes = True
        for link in block.exits:
            for arg, target in zip(link.args, link.target.inputs):
                if isinstance(arg, Variable):
                    lifetimes.union(arg, target)
                else:
                    lifetimes.info(target).escapes = True
    for value in graph.end.inputs:
        lifetimes.info(value).escapes = True
    return lifetimes


def use(lifetimes, operation):
    name = operation.name
    result = lifetimes.info(operation.result)
    if name == "malloc":
        result.makers += 1
        return
    result.escapes = True
    args = operation.args
    if name in ("getfield", "setfield"):
        lifetimes.info(args[0]).fields.add(args[1].value)
        args = args[2:]
    for arg in args:
        if isinstance(arg, Variable):
            lifetimes.info(arg).escapes = True


class Remover:
    """Removes the records of all lifetimes with one maker and no escape."""

    def __init__(self, graph):
        self.graph = graph
        self.lifetimes = analyse(graph)
        self.removed = 0

    def is_removable(self, variable):
        info = self.lifetimes.info(variable)
        return info.makers == 1 and not info.escapes

    def fields_of(self, variable):
        return sorted(self.lifetimes.info(variable).fields)

    def run(self):
        blocks = list(self.graph.blocks())
        if not any(info.makers == 1 and not info.escapes for info in self.lifetimes.infos.values()):
            return 0
        inputs = {}
        for block in blocks:
            inputs[block] = self.split_inputs(block)
        for block in blocks:
            self.rewrite(block, inputs[block])
        return self.removed

    def split_inputs(self, block):
        """Replaces removable inputs by their fields; gives the fields of each."""
        records = {}
        inputs = []
        for variable in block.inputs:
            if self.is_removable(variable):
                fields = {field: Variable(f"{variable.name}_{field}") for field in self.fields_of(variable)}
                records[variable] = fields
                inputs.extend(fields.values())
            else:
                inputs.append(variable)
        block.inputs = inputs
        return records

    def rewrite(self, block, records):
        aliases = {}
        operations = []
        for operation in block.operations:
            args = [aliases.get(arg, arg) for arg in operation.args]
            if operation.name == "malloc" and self.is_removable(operation.result):
                self.removed += 1
                records[operation.result] = {field: Constant(0) for field in self.fields_of(operation.result)}
            elif operation.name == "getfield" and args[0] in records:
                aliases[operation.result] = records[args[0]][args[1].value]
            elif operation.name == "setfield" and args[0] in records:
                records[args[0]][args[1].value] = args[2]
            else:
                operation.args = args
                operations.append(operation)
        block.operations = operations
        block.switch = aliases.get(block.switch, block.switch)
        for link in block.exits:
            args = []
            for arg in link.args:
                if arg in records:
                    args.extend(records[arg].values())
                else:
                    args.append(aliases.get(arg, arg))
            link.args = args


def remove_allocations(graph):
    """Repeats the removal while records are found; gives the numbers removed."""
    rounds = []
    while True:
        removed = Remover(graph).run()
        if not removed:
            return rounds
        rounds.append(removed)


# ---------------------------------------------------------------- interpreter

def evaluate(graph, argument):
    """Runs the graph; gives its result and the number of records allocated."""
    allocated = 0
    block = graph.start
    values = {block.inputs[0]: argument}

    def value_of(value):
        return value.value if isinstance(value, Constant) else values[value]

    while block is not graph.end:
        for operation in block.operations:
            args = [value_of(arg) for arg in operation.args]
            name = operation.name
            result = None
            if name == "malloc":
                allocated += 1
                result = {}
            elif name == "getfield":
                result = args[0].get(args[1], 0)
            elif name == "setfield":
                args[0][args[1]] = args[2]
            elif name == "add":
                result = args[0] + args[1]
            elif name == "sub":
                result = args[0] - args[1]
            elif name == "mul":
                result = args[0] * args[1] % 9973
            elif name == "mod":
                result = args[0] % args[1]
            elif name == "less":
                result = args[0] < args[1]
            elif name == "call":
                result = args[0]["x"] * 3 % 7919 + args[0]["y"]
            else:
                raise ValueError(f"unknown operation {operation!r}")
            values[operation.result] = result
        case = None if block.switch is None else value_of(block.switch)
        for link in block.exits:
            if link.case is case:
                passed = [value_of(arg) for arg in link.args]
                block = link.target
                values = dict(zip(block.inputs, passed))
                break
        else:
            raise ValueError("no exit fits")
    return values[block.inputs[0]], allocated


class Work:
    def __init__(self, size):
        self.graph = build(size)
        self.result, self.allocated = evaluate(self.graph, 7)


def iterate(work):
    graph = work.graph.copy()
    rounds = remove_allocations(graph)
    result, allocated = evaluate(graph, 7)
    if result != work.result:
        raise AssertionError(f"the graph gave {work.result} before and {result} after the removal")
    return result, work.allocated, allocated, rounds, graph.summary()


if __name__ == "__main__":
    harness_protocol.main("graph_alloc_removal", version=1, size=120, iterate=iterate, prepare=Work, iterations=30)
