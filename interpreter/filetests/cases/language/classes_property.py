# test: run
# property in its forms: getter, setter, deleter, doc, inheritance, errors.
class Temperature:
    def __init__(self, celsius):
        self._celsius = celsius
    @property
    def celsius(self):
        "Degrees Celsius."
        return self._celsius
    @celsius.setter
    def celsius(self, value):
        if value < -273.15:
            raise ValueError("too cold")
        self._celsius = value
    @celsius.deleter
    def celsius(self):
        print("reset")
        self._celsius = 0
    @property
    def fahrenheit(self):
        return self.celsius * 9 / 5 + 32
    kelvin = property(lambda self: self.celsius + 273.15, doc="kelvin")
t = Temperature(100)
print(t.celsius, t.fahrenheit, t.kelvin, Temperature.celsius.__doc__, Temperature.kelvin.__doc__, type(Temperature.celsius).__name__)
t.celsius = 20
t.celsius += 5
print(t.celsius)
del t.celsius
print(t.celsius)
for action in (lambda: setattr(t, "celsius", -300), lambda: setattr(t, "fahrenheit", 1), lambda: delattr(t, "kelvin"), lambda: delattr(t, "fahrenheit")):
    try:
        action()
    except (ValueError, AttributeError) as error:
        print(type(error).__name__, error)
class Derived(Temperature):
    @property
    def celsius(self):
        return super().celsius + 1
    @Temperature.fahrenheit.getter
    def fahrenheit(self):
        return "overridden"
d = Derived(10)
print(d.celsius, d.kelvin, d.fahrenheit)
try:
    d.celsius = 5
except AttributeError as error:
    print(error)
class Failing:
    @property
    def broken(self):
        raise AttributeError("inside")
    @property
    def odd(self):
        return self.nothing
    def __getattr__(self, name):
        return f"fallback {name}"
f = Failing()
print(f.broken, f.odd)
print(Temperature.celsius.fget(t), Temperature.celsius.fset is not None, Temperature.fahrenheit.fset, isinstance(Temperature.celsius, property))
class Lazy:
    def __init__(self):
        self.loads = 0
    @property
    def data(self):
        try:
            return self._data
        except AttributeError:
            self.loads += 1
            self._data = [1, 2]
            return self._data
l = Lazy()
l.data.append(3)
print(l.data, l.loads)
