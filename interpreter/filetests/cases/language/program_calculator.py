# test: run
# A tokenizer, a parser and an evaluator for arithmetic, as a program.
class Token:
    def __init__(self, kind, text, position):
        self.kind, self.text, self.position = kind, text, position
    def __repr__(self):
        return f"{self.kind}:{self.text}"
class CalculatorError(Exception):
    def __init__(self, message, position):
        super().__init__(f"{message} at {position}")
def tokenize(source):
    position = 0
    while position < len(source):
        char = source[position]
        start = position
        if char.isspace():
            position += 1
            continue
        if char.isdigit() or char == ".":
            while position < len(source) and (source[position].isdigit() or source[position] == "."):
                position += 1
            yield Token("number", source[start:position], start)
        elif char.isalpha():
            while position < len(source) and source[position].isalnum():
                position += 1
            yield Token("name", source[start:position], start)
        elif source.startswith("**", position):
            position += 2
            yield Token("op", "**", start)
        elif char in "+-*/%(),=":
            position += 1
            yield Token("op", char, start)
        else:
            raise CalculatorError(f"unexpected {char!r}", position)
    yield Token("end", "", len(source))
class Parser:
    LEVELS = [("+", "-"), ("*", "/", "%")]
    def __init__(self, source):
        self.tokens = list(tokenize(source))
        self.index = 0
    @property
    def current(self): return self.tokens[self.index]
    def accept(self, *texts):
        if self.current.kind == "op" and self.current.text in texts:
            self.index += 1
            return self.tokens[self.index - 1].text
        return None
    def expect(self, text):
        if not self.accept(text):
            raise CalculatorError(f"expected {text!r}, got {self.current.text!r}", self.current.position)
    def parse(self):
        tree = self.statement()
        if self.current.kind != "end":
            raise CalculatorError(f"unexpected {self.current.text!r}", self.current.position)
        return tree
    def statement(self):
        if self.current.kind == "name" and self.tokens[self.index + 1].text == "=":
            name = self.current.text
            self.index += 2
            return ("assign", name, self.statement())
        return self.binary(0)
    def binary(self, level):
        if level == len(self.LEVELS):
            return self.unary()
        left = self.binary(level + 1)
        while op := self.accept(*self.LEVELS[level]):
            left = (op, left, self.binary(level + 1))
        return left
    def unary(self):
        if self.accept("-"):
            return ("neg", self.unary())
        base = self.atom()
        if self.accept("**"):
            return ("**", base, self.unary())
        return base
    def atom(self):
        token = self.current
        self.index += 1
        if token.kind == "number":
            return ("num", float(token.text) if "." in token.text else int(token.text))
        if token.kind == "name":
            if self.accept("("):
                args = []
                if not self.accept(")"):
                    args.append(self.binary(0))
                    while self.accept(","):
                        args.append(self.binary(0))
                    self.expect(")")
                return ("call", token.text, args)
            return ("var", token.text)
        if token.text == "(":
            inner = self.binary(0)
            self.expect(")")
            return inner
        raise CalculatorError(f"unexpected {token.text or 'end'!r}", token.position)
class Evaluator:
    def __init__(self):
        self.names = {"pi": 3}
        self.functions = {"max": max, "min": min, "abs": abs, "sum": lambda *a: sum(a)}
    def evaluate(self, tree):
        match tree:
            case ("num", value): return value
            case ("neg", operand): return -self.evaluate(operand)
            case ("var", name):
                if name not in self.names:
                    raise NameError(f"unknown name {name}")
                return self.names[name]
            case ("assign", name, value):
                self.names[name] = result = self.evaluate(value)
                return result
            case ("call", name, args): return self.functions[name](*map(self.evaluate, args))
            case ("+", a, b): return self.evaluate(a) + self.evaluate(b)
            case ("-", a, b): return self.evaluate(a) - self.evaluate(b)
            case ("*", a, b): return self.evaluate(a) * self.evaluate(b)
            case ("/", a, b): return self.evaluate(a) / self.evaluate(b)
            case ("%", a, b): return self.evaluate(a) % self.evaluate(b)
            case ("**", a, b): return self.evaluate(a) ** self.evaluate(b)
evaluator = Evaluator()
for line in ("1 + 2 * 3", "(1 + 2) * 3", "-2 ** 2", "2 ** 3 ** 2", "x = y = 5", "x * y - 1", "max(1, x, 3) + min(4, 2)", "10 / 4", "7 % 4 * 2", "sum()", "abs(-3.5)", "pi * 2", "", "1 +", "(1", "2 $ 3", "z + 1", "nope(1)", "1 / 0", "max(1 2)", "1.2.3", "f(,)"):
    try:
        print(line, "=>", evaluator.evaluate(Parser(line).parse()))
    except (CalculatorError, NameError, KeyError, ZeroDivisionError, ValueError) as error:
        print(line, "=>", type(error).__name__, error)
print(evaluator.names, list(tokenize("a+1"))[:3])
