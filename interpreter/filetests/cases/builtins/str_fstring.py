# test: run
# Formatted literals.
name, value, width, items = "Ada", 3.14159, 10, {"k": [1, 2]}
print(f"{name}", f"{name!r}", f"{value:.2f}", f"{value:{width}.{2}f}|", f"{name:>{width}}|", f"{items['k'][1]}", f"{{literal}}", f"{{{name}}}", f"{name}{name}", f"", f"{1 + 1=}", f"{name=}", f"{name = }", f"{value=:.1f}", f"{name=!s}", f"{name = !r:>8}")
print(f"{'nested ' + f'{name!r:>{width}}'}|", f"{(lambda x: x * 2)(4)}", f"{[i for i in range(3)]}", f"{ {'a': 1}['a'] }", f"{name if value > 3 else 'no'}", f"{value:{'.' + str(3)}f}", f"{5:0{2 + 3}d}", f"{(x := 7)} {x}", f"{'a' 'b'}", f"{1,}", f"{1, 2}", f"{*[1, 2],}", f"{not True}", f"{3 != 4}", f"{3 >= 2}")
print(f"""multi {
    name
} line {value
:.1f}""", f"{name!s:^9}|", rf"\d{name}\n", f"\t{name}\x41\N{BULLET}".encode(), f"a" "b{c}" f"{name}", "{name}" f"{name}", f"{'\n'.join(['a', 'b'])}", f"{"double " + "inside"}", f"{f"{f"{1}"}"}", f'{"'"}')
print(f"{1:}", f"{'x':5}|", f"{2:>3}{3:<3}|", f"{True:5}|", f"{None}", f"{None!r:>6}", f"{1e10:,}", f"{255:#06x}", f"{-5:=+5}", f"{0.5:%}", f"{'日本':^6}|", f"{'é':->4}", f"{65:c}", f"{1234567:_}")
class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y
    def __format__(self, spec):
        return f"({self.x:{spec}}, {self.y:{spec}})" if spec else str(self)
    def __str__(self):
        return "point"
    def __repr__(self):
        return "Point()"
p = Point(1.5, 2.25)
print(f"{p}", f"{p:.1f}", f"{p!r}", f"{p!s}", f"{p=}", f"{p.x}", f"{p.x + 1:6.2f}|", f"{p!a:>9}")
def evaluate(order, value):
    order.append(value)
    return value
order = []
print(f"{evaluate(order, 1)}{evaluate(order, 2):{evaluate(order, 3)}}{evaluate(order, 4)}", order)
try:
    f"{undefined_name}"
except NameError as error:
    print(error)
try:
    f"{5:zz}"
except ValueError as error:
    print(type(error).__name__)
