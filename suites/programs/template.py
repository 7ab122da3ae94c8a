"""Template: a renderer in the manner of Django's, making a large table.

A template is cut into text, variables, tags and comments, compiled into a tree of
nodes and rendered with a stack of contexts: loops with their counters, conditions,
filters with arguments, look-up by dots, escaping of markup. The page is a table of
150 rows and columns by default; size is the number of both. An iteration renders it
five times.
"""

import harness_protocol

TEXT, VARIABLE, TAG = "text", "variable", "tag"

PAGES = 5


class TemplateError(Exception):
    """The template's source is at fault."""


class SafeText(str):
    """Text that is markup already and is not escaped again."""

    __slots__ = ()


def escape(text):
    if isinstance(text, SafeText):
        return text
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        if char in text:
            text = text.replace(char, entity)
    return text


# ---------------------------------------------------------------- tokens

def tokens(source):
    """Cuts the source into (kind, content, line)."""
    position = 0
    line = 1
    while True:
        opening = source.find("{", position)
        while opening >= 0 and source[opening : opening + 2] not in ("{{", "{%", "{#"):
            opening = source.find("{", opening + 1)
        if opening < 0:
            if position < len(source):
                yield TEXT, source[position:], line
            return
        if opening > position:
            text = source[position:opening]
            yield TEXT, text, line
            line += text.count("\n")
        mark = source[opening + 1]
        closing = source.find("%}" if mark == "%" else mark.replace("{", "}") + "}", opening + 2)
        if closing < 0:
            raise TemplateError(f"line {line}: '{{{mark}' is never closed")
        content = source[opening + 2 : closing]
        if mark != "#":
            yield VARIABLE if mark == "{" else TAG, content.strip(), line
        line += content.count("\n")
        position = closing + 2


# ---------------------------------------------------------------- contexts

class Context:
    """A stack of name tables; the innermost answers first."""

    def __init__(self, values):
        self.scopes = [values]

    def __getitem__(self, name):
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        raise KeyError(name)

    def get(self, name, default=None):
        try:
            return self[name]
        except KeyError:
            return default

    def __setitem__(self, name, value):
        self.scopes[-1][name] = value

    def __enter__(self):
        self.scopes.append({})
        return self

    def __exit__(self, kind, error, trace):
        self.scopes.pop()
        return False


# ---------------------------------------------------------------- expressions

FILTERS = {}


def template_filter(function):
    FILTERS[function.__name__] = function
    return function


@template_filter
def upper(value):
    return str(value).upper()


@template_filter
def capfirst(value):
    text = str(value)
    return text[:1].upper() + text[1:]


@template_filter
def default(value, argument):
    return value or argument


@template_filter
def length(value):
    return len(value)


@template_filter
def add(value, argument):
    return value + argument


@template_filter
def join(value, argument):
    return argument.join(map(str, value))


@template_filter
def safe(value):
    return SafeText(value)


@template_filter
def floatformat(value, places=1):
    return f"{float(value):.{places}f}"


@template_filter
def divisibleby(value, argument):
    return value % argument == 0


class Missing:
    """What an unknown name stands for: false, and nothing when printed."""

    def __bool__(self):
        return False

    def __str__(self):
        return ""


MISSING = Missing()


class Literal:
    def __init__(self, value):
        self.value = value

    def resolve(self, context):
        return self.value


class Lookup:
    """A dotted name: each step is tried as a key, an attribute and an index."""

    def __init__(self, path):
        self.first, *self.rest = path.split(".")

    def resolve(self, context):
        try:
            current = context[self.first]
        except KeyError:
            return MISSING
        for step in self.rest:
            current = self.follow(current, step)
            if current is MISSING:
                return current
        if callable(current):
            current = current()
        return current

    @staticmethod
    def follow(current, step):
        try:
            return current[step]
        except (TypeError, KeyError, IndexError, AttributeError):
            pass
        try:
            return getattr(current, step)
        except AttributeError:
            pass
        try:
            return current[int(step)]
        except (ValueError, TypeError, KeyError, IndexError):
            return MISSING


def operand(text):
    if text[0] in "\"'":
        if len(text) < 2 or text[-1] != text[0]:
            raise TemplateError(f"the text {text} is not closed")
        return Literal(SafeText(text[1:-1]))
    if text.lstrip("-").isdigit():
        return Literal(int(text))
    return Lookup(text)


def split_outside_quotes(text, separator):
    parts = [""]
    quote = ""
    for char in text:
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char == separator:
            parts.append("")
            continue
        parts[-1] += char
    return parts


class Expression:
    """An operand followed by filters, each with at most one argument."""

    def __init__(self, source):
        head, *rest = split_outside_quotes(source, "|")
        if not head:
            raise TemplateError(f"no value in '{source}'")
        self.operand = operand(head)
        self.filters = []
        for part in rest:
            name, colon, argument = part.partition(":")
            if name not in FILTERS:
                raise TemplateError(f"there is no filter '{name}'")
            self.filters.append((FILTERS[name], operand(argument) if colon else None))

    def resolve(self, context):
        value = self.operand.resolve(context)
        for function, argument in self.filters:
            if argument is None:
                value = function(value)
            else:
                value = function(value, argument.resolve(context))
        return value


class Condition:
    """`a`, `not a`, `a == b` and the like, joined with `and` and `or`."""

    COMPARISONS = {
        "==": lambda one, two: one == two,
        "!=": lambda one, two: one != two,
        "<": lambda one, two: one < two,
        ">": lambda one, two: one > two,
        "in": lambda one, two: one in two,
    }

    def __init__(self, source):
        words = [word for word in split_outside_quotes(source, " ") if word]
        self.alternatives = [
            [self.clause(clause) for clause in self.split(part, "and")] for part in self.split(words, "or")
        ]

    @staticmethod
    def split(words, keyword):
        parts = [[]]
        for word in words:
            if word == keyword:
                parts.append([])
            else:
                parts[-1].append(word)
        return parts

    def clause(self, words):
        negated = words[:1] == ["not"]
        if negated:
            words = words[1:]
        if len(words) == 1:
            return negated, Expression(words[0]), None, None
        if len(words) == 3 and words[1] in self.COMPARISONS:
            return negated, Expression(words[0]), self.COMPARISONS[words[1]], Expression(words[2])
        raise TemplateError(f"not a condition: {' '.join(words)}")

    def holds(self, context):
        return any(
            all(self.clause_holds(clause, context) for clause in clauses) for clauses in self.alternatives
        )

    @staticmethod
    def clause_holds(clause, context):
        negated, left, compare, right = clause
        value = left.resolve(context)
        if compare is not None:
            value = compare(value, right.resolve(context))
        return bool(value) != negated


# ---------------------------------------------------------------- nodes

class Node:
    def render(self, context):
        raise NotImplementedError


class TextNode(Node):
    def __init__(self, text):
        self.text = text

    def render(self, context):
        return self.text


class VariableNode(Node):
    def __init__(self, source):
        self.expression = Expression(source)

    def render(self, context):
        value = self.expression.resolve(context)
        if isinstance(value, int):
            return str(value)
        return escape(value if isinstance(value, str) else str(value))


class NodeList(list):
    def render(self, context):
        return "".join([node.render(context) for node in self])


class ForNode(Node):
    def __init__(self, names, expression, body, empty):
        self.names = names
        self.expression = expression
        self.body = body
        self.empty = empty

    def render(self, context):
        items = self.expression.resolve(context)
        items = list(items) if items else []
        count = len(items)
        if not count:
            return self.empty.render(context)
        parts = []
        with context:
            loop = {"parentloop": context.get("forloop", {})}
            context["forloop"] = loop
            for index, item in enumerate(items):
                loop["counter0"] = index
                loop["counter"] = index + 1
                loop["first"] = index == 0
                loop["last"] = index == count - 1
                if len(self.names) == 1:
                    context[self.names[0]] = item
                else:
                    for name, value in zip(self.names, item):
                        context[name] = value
                for node in self.body:
                    parts.append(node.render(context))
        return "".join(parts)


class IfNode(Node):
    def __init__(self, branches):
        self.branches = branches

    def render(self, context):
        for condition, body in self.branches:
            if condition is None or condition.holds(context):
                return body.render(context)
        return ""


class WithNode(Node):
    def __init__(self, bindings, body):
        self.bindings = bindings
        self.body = body

    def render(self, context):
        values = {name: expression.resolve(context) for name, expression in self.bindings}
        with context:
            for name, value in values.items():
                context[name] = value
            return self.body.render(context)


class CycleNode(Node):
    def __init__(self, choices):
        self.choices = choices

    def render(self, context):
        index = context["forloop"]["counter0"] % len(self.choices)
        return str(self.choices[index].resolve(context))


# ---------------------------------------------------------------- parser

class Parser:
    def __init__(self, source):
        self.stream = tokens(source)

    def parse(self, *until):
        """Nodes up to one of the tags `until`; gives them and that tag's words."""
        nodes = NodeList()
        for kind, content, line in self.stream:
            if kind == TEXT:
                nodes.append(TextNode(content))
                continue
            try:
                if kind == VARIABLE:
                    nodes.append(VariableNode(content))
                    continue
                words = content.split()
                if words[0] in until:
                    return nodes, words
                compiler = getattr(self, "tag_" + words[0], None)
                if compiler is None:
                    raise TemplateError(f"there is no tag '{words[0]}'")
                nodes.append(compiler(words[1:]))
            except TemplateError as error:
                raise TemplateError(f"line {line}: {error}") from error
        if until:
            raise TemplateError(f"the end has come before {' or '.join(until)}")
        return nodes, None

    def tag_for(self, words):
        if "in" not in words:
            raise TemplateError("for needs 'in'")
        middle = words.index("in")
        names = [name for name in "".join(words[:middle]).split(",") if name]
        body, end = self.parse("empty", "endfor")
        empty = NodeList()
        if end[0] == "empty":
            empty, _ = self.parse("endfor")
        return ForNode(names, Expression(" ".join(words[middle + 1 :])), body, empty)

    def tag_if(self, words):
        branches = []
        condition = Condition(" ".join(words))
        while True:
            body, end = self.parse("elif", "else", "endif")
            branches.append((condition, body))
            if end[0] == "endif":
                return IfNode(branches)
            condition = Condition(" ".join(end[1:])) if end[0] == "elif" else None

    def tag_with(self, words):
        bindings = []
        for word in words:
            name, equals, source = word.partition("=")
            if not equals:
                raise TemplateError(f"with needs name=value, not '{word}'")
            bindings.append((name, Expression(source)))
        body, _ = self.parse("endwith")
        return WithNode(bindings, body)

    def tag_cycle(self, words):
        return CycleNode([operand(word) for word in words])


class Template:
    def __init__(self, source):
        self.root, _ = Parser(source).parse()

    def render(self, values):
        return self.root.render(Context(values))


PAGE = """<!DOCTYPE html>
{# A table of every row and every column, with a caption and a legend. #}
<title>{{ title|capfirst }} — {{ table|length }} rows</title>
<ul>{% for name, person in people %}
  <li class="{% cycle 'odd' 'even' %}">{{ forloop.counter }}. {{ name }}: {{ person.mail|default:"none" }}\
{% if person.admin and not forloop.first %} (admin){% elif person.age < 18 %} (minor){% else %}.{% endif %}</li>
{% empty %}<li>nobody</li>{% endfor %}</ul>
{% with total=table|length note="<b>bold</b>" %}<p>{{ note }} of {{ total|floatformat:2 }}, {{ missing.name }}</p>{% endwith %}
<table>{% for row in table %}
<tr>{% for column in row %}<td>{{ column }}</td>{% endfor %}</tr>{% endfor %}
</table>
"""


class Person:
    def __init__(self, mail, age, admin=False):
        self.mail = mail
        self.age = age
        self.admin = admin


class Work:
    def __init__(self, size):
        self.template = Template(PAGE)
        self.values = {
            "title": "a <large> table",
            "people": [
                ("Ada", Person("ada@example.org", 36, admin=True)),
                ("Björn & Co", Person("", 17)),
                ("Chloé", Person("chloe@example.org", 52, admin=True)),
                ("Dan", {"mail": "dan@example.org", "age": 21, "admin": False}),
            ],
            "table": [range(size) for _ in range(size)],
        }


def iterate(work):
    pages = [work.template.render(work.values) for _ in range(PAGES)]
    page = pages[0]
    if any(other != page for other in pages):
        raise AssertionError("the same template gave different pages")
    head, _, table = page.partition("<table>")
    # The rows are alike, so one of them and their number stand for the table.
    rows = table.split("\n")
    return head, len(page), len(rows), sorted(set(rows))


if __name__ == "__main__":
    harness_protocol.main("template", version=1, size=150, iterate=iterate, prepare=Work)
