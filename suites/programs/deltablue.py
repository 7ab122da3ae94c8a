"""DeltaBlue: an incremental solver of one-way constraints with strengths.

The algorithm of Freeman-Benson, Maloney and Borning: a constraint chooses one of
its methods to enforce it, stronger constraints overrule weaker ones, and a walk
about strength keeps the solution current when constraints come and go. Two
problems are solved: a chain of size equalities from end to end, edited at one
end, and size pairs of variables tied by a scale and an offset.
"""

import harness_protocol


class Strength:
    """How much a constraint matters; a lower rank is stronger."""

    __slots__ = ("rank", "name")

    def __init__(self, rank, name):
        self.rank = rank
        self.name = name

    def __repr__(self):
        return self.name

    def stronger_than(self, other):
        return self.rank < other.rank

    def weaker_than(self, other):
        return self.rank > other.rank

    def weakest(self, other):
        return self if self.weaker_than(other) else other

    def next_weaker(self):
        return STRENGTHS[self.rank + 1]


STRENGTHS = [
    Strength(rank, name)
    for rank, name in enumerate(
        ["required", "strong preferred", "preferred", "strong default", "normal", "weak default", "weakest"]
    )
]
REQUIRED, STRONG_PREFERRED, PREFERRED, STRONG_DEFAULT, NORMAL, WEAK_DEFAULT, WEAKEST = STRENGTHS


class Variable:
    def __init__(self, name, value=0):
        self.name = name
        self.value = value
        self.constraints = []
        self.determined_by = None
        self.mark = 0
        self.walk_strength = WEAKEST
        self.stay = True

    def __repr__(self):
        return f"<Variable {self.name}: {self.value}, walkabout {self.walk_strength}>"

    def add_constraint(self, constraint):
        self.constraints.append(constraint)

    def remove_constraint(self, constraint):
        self.constraints.remove(constraint)
        if self.determined_by is constraint:
            self.determined_by = None


class Unsatisfiable(Exception):
    """A required constraint cannot be met."""


class Constraint:
    """What all constraints share; subclasses know their variables and methods."""

    is_input = False

    def __init__(self, planner, strength):
        self.planner = planner
        self.strength = strength

    def activate(self):
        self.add_to_graph()
        self.planner.incremental_add(self)

    def deactivate(self):
        if self.is_satisfied():
            self.planner.incremental_remove(self)
        self.remove_from_graph()

    def satisfy(self, mark):
        """Enforces the constraint if it can; gives the constraint overruled."""
        self.choose_method(mark)
        if not self.is_satisfied():
            if self.strength is REQUIRED:
                raise Unsatisfiable(f"could not satisfy the required {self!r}")
            return None
        self.mark_inputs(mark)
        output = self.output()
        overruled = output.determined_by
        if overruled is not None:
            overruled.mark_unsatisfied()
        output.determined_by = self
        if not self.planner.add_propagate(self, mark):
            raise Unsatisfiable("a cycle was encountered")
        output.mark = mark
        return overruled


class UnaryConstraint(Constraint):
    def __init__(self, planner, variable, strength):
        Constraint.__init__(self, planner, strength)
        self.variable = variable
        self.satisfied = False
        self.activate()

    def add_to_graph(self):
        self.variable.add_constraint(self)
        self.satisfied = False

    def remove_from_graph(self):
        self.variable.remove_constraint(self)
        self.satisfied = False

    def choose_method(self, mark):
        variable = self.variable
        self.satisfied = variable.mark != mark and self.strength.stronger_than(variable.walk_strength)

    def is_satisfied(self):
        return self.satisfied

    def mark_inputs(self, mark):
        pass

    def output(self):
        return self.variable

    def mark_unsatisfied(self):
        self.satisfied = False

    def inputs_known(self, mark):
        return True

    def recalculate(self):
        variable = self.variable
        variable.walk_strength = self.strength
        variable.stay = not self.is_input
        if variable.stay:
            self.execute()

    def execute(self):
        pass


class StayConstraint(UnaryConstraint):
    """Keeps a variable as it is."""


class EditConstraint(UnaryConstraint):
    """Marks a variable that the outside changes."""

    is_input = True


NO_DIRECTION, FORWARD, BACKWARD = 0, 1, -1


class BinaryConstraint(Constraint):
    """A relation between two variables that can be enforced either way."""

    def __init__(self, planner, first, second, strength):
        Constraint.__init__(self, planner, strength)
        self.first = first
        self.second = second
        self.direction = NO_DIRECTION
        self.activate()

    def add_to_graph(self):
        self.first.add_constraint(self)
        self.second.add_constraint(self)
        self.direction = NO_DIRECTION

    def remove_from_graph(self):
        self.first.remove_constraint(self)
        self.second.remove_constraint(self)
        self.direction = NO_DIRECTION

    def choose_method(self, mark):
        first, second, strength = self.first, self.second, self.strength
        if first.mark == mark:
            free = second.mark != mark and strength.stronger_than(second.walk_strength)
            self.direction = FORWARD if free else NO_DIRECTION
        elif second.mark == mark:
            free = strength.stronger_than(first.walk_strength)
            self.direction = BACKWARD if free else NO_DIRECTION
        elif first.walk_strength.weaker_than(second.walk_strength):
            free = strength.stronger_than(first.walk_strength)
            self.direction = BACKWARD if free else NO_DIRECTION
        else:
            free = strength.stronger_than(second.walk_strength)
            self.direction = FORWARD if free else NO_DIRECTION

    def is_satisfied(self):
        return self.direction != NO_DIRECTION

    def mark_inputs(self, mark):
        self.input().mark = mark

    def input(self):
        return self.first if self.direction == FORWARD else self.second

    def output(self):
        return self.second if self.direction == FORWARD else self.first

    def mark_unsatisfied(self):
        self.direction = NO_DIRECTION

    def inputs_known(self, mark):
        source = self.input()
        return source.mark == mark or source.stay or source.determined_by is None

    def recalculate(self):
        source, target = self.input(), self.output()
        target.walk_strength = self.strength.weakest(source.walk_strength)
        target.stay = source.stay
        if target.stay:
            self.execute()


class EqualityConstraint(BinaryConstraint):
    def execute(self):
        self.output().value = self.input().value


class ScaleConstraint(BinaryConstraint):
    """second = first * scale + offset, where scale and offset are variables."""

    def __init__(self, planner, first, scale, offset, second, strength):
        self.scale = scale
        self.offset = offset
        BinaryConstraint.__init__(self, planner, first, second, strength)

    def add_to_graph(self):
        BinaryConstraint.add_to_graph(self)
        self.scale.add_constraint(self)
        self.offset.add_constraint(self)

    def remove_from_graph(self):
        BinaryConstraint.remove_from_graph(self)
        self.scale.remove_constraint(self)
        self.offset.remove_constraint(self)

    def mark_inputs(self, mark):
        BinaryConstraint.mark_inputs(self, mark)
        self.scale.mark = self.offset.mark = mark

    def execute(self):
        if self.direction == FORWARD:
            self.second.value = self.first.value * self.scale.value + self.offset.value
        else:
            self.first.value = (self.second.value - self.offset.value) // self.scale.value

    def recalculate(self):
        source, target = self.input(), self.output()
        target.walk_strength = self.strength.weakest(source.walk_strength)
        target.stay = source.stay and self.scale.stay and self.offset.stay
        if target.stay:
            self.execute()


class Plan:
    """Constraints in an order in which executing them brings values up to date."""

    def __init__(self, constraints):
        self.constraints = constraints

    def __len__(self):
        return len(self.constraints)

    def execute(self):
        for constraint in self.constraints:
            constraint.execute()


class Planner:
    def __init__(self):
        self.current_mark = 0

    def new_mark(self):
        self.current_mark += 1
        return self.current_mark

    def incremental_add(self, constraint):
        mark = self.new_mark()
        overruled = constraint.satisfy(mark)
        while overruled is not None:
            overruled = overruled.satisfy(mark)

    def incremental_remove(self, constraint):
        output = constraint.output()
        constraint.mark_unsatisfied()
        constraint.remove_from_graph()
        unsatisfied = self.remove_propagate_from(output)
        constraint.add_to_graph()
        strength = REQUIRED
        while True:
            for other in unsatisfied:
                if other.strength is strength and other is not constraint:
                    self.incremental_add(other)
            if strength is WEAKEST:
                return
            strength = strength.next_weaker()

    def make_plan(self, sources):
        mark = self.new_mark()
        plan = []
        todo = list(sources)
        while todo:
            constraint = todo.pop()
            output = constraint.output()
            if output.mark != mark and constraint.inputs_known(mark):
                plan.append(constraint)
                output.mark = mark
                todo.extend(self.consumers(output))
        return Plan(plan)

    def plan_from(self, constraints):
        return self.make_plan([c for c in constraints if c.is_input and c.is_satisfied()])

    def add_propagate(self, constraint, mark):
        todo = [constraint]
        while todo:
            each = todo.pop()
            output = each.output()
            if output.mark == mark:
                self.incremental_remove(constraint)
                return False
            each.recalculate()
            todo.extend(self.consumers(output))
        return True

    def remove_propagate_from(self, output):
        output.determined_by = None
        output.walk_strength = WEAKEST
        output.stay = True
        unsatisfied = []
        todo = [output]
        while todo:
            variable = todo.pop()
            unsatisfied.extend(c for c in variable.constraints if not c.is_satisfied())
            for constraint in self.consumers(variable):
                constraint.recalculate()
                todo.append(constraint.output())
        return unsatisfied

    @staticmethod
    def consumers(variable):
        """The constraints that use `variable` as an input."""
        determining = variable.determined_by
        return [c for c in variable.constraints if c is not determining and c.is_satisfied()]


def change(planner, variable, values):
    """Edits `variable` to each of `values` through one plan."""
    edit = EditConstraint(planner, variable, PREFERRED)
    plan = planner.plan_from([edit])
    for value in values:
        variable.value = value
        plan.execute()
    edit.deactivate()
    return len(plan)


def chain(length):
    """Equalities from the first variable to the last; the last follows the first."""
    planner = Planner()
    variables = [Variable(f"v{number}") for number in range(length + 1)]
    for left, right in zip(variables, variables[1:]):
        EqualityConstraint(planner, left, right, REQUIRED)
    StayConstraint(planner, variables[-1], STRONG_DEFAULT)
    edit = EditConstraint(planner, variables[0], PREFERRED)
    plan = planner.plan_from([edit])
    seen = []
    for value in range(100):
        variables[0].value = value
        plan.execute()
        seen.append(variables[-1].value)
    edit.deactivate()
    return len(plan), seen


def projection(count):
    """Pairs tied by one scale and one offset; edits of each end and of the ties."""
    planner = Planner()
    scale = Variable("scale", 10)
    offset = Variable("offset", 1000)
    StayConstraint(planner, scale, NORMAL)
    StayConstraint(planner, offset, NORMAL)
    pairs = []
    for number in range(count):
        source = Variable(f"source{number}", number)
        target = Variable(f"target{number}", number)
        pairs.append((source, target))
        StayConstraint(planner, source, NORMAL)
        ScaleConstraint(planner, source, scale, offset, target, REQUIRED)
    last_source, last_target = pairs[-1]
    seen = [[target.value for _, target in pairs]]
    plans = [change(planner, last_source, [17] * 10)]
    seen.append(last_target.value)
    plans.append(change(planner, last_target, [1050] * 10))
    seen.append(last_source.value)
    plans.append(change(planner, scale, [5] * 10))
    seen.append([target.value for _, target in pairs])
    plans.append(change(planner, offset, [2000] * 10))
    seen.append([target.value for _, target in pairs])
    return plans, seen


def solve(size):
    return chain(size), projection(size)


if __name__ == "__main__":
    harness_protocol.main("deltablue", version=1, size=3500, iterate=solve)
