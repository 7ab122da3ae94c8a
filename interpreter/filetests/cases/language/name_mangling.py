# test: run
# Names with two leading underscores in classes.
class A:
    __secret = 1
    __also__ = 2
    ___three = 3
    def __init__(self):
        self.__x = 10
        self.__y__ = 20
    def get(self):
        __local = 5
        def inner(__p):
            return __local + __p
        return self.__x, self.__secret, inner(1), [__q for __q in "a"]
    def __method(self): return "private method"
    def call(self): return self.__method()
    def keyword(self, __k=7): return __k
    @staticmethod
    def imports():
        import math as __m
        return __m.floor(2.5)
    def delete(self):
        del self.__x
        return hasattr(self, "_A__x")
    def lambdas(self): return (lambda: self.__secret)()
    def handler(self):
        try:
            raise ValueError("e")
        except ValueError as __error:
            return str(__error)
a = A()
print(a.get(), a.call(), a.keyword(), a.keyword(_A__k=8), A.imports(), a.lambdas(), a.handler(), sorted(vars(a)), sorted(k for k in vars(A) if "secret" in k or "three" in k or "also" in k or "method" in k))
print(a._A__x, a._A__method(), A._A__secret, a.__y__, A.__also__)
class B(A):
    __secret = "B's"
    def own(self): return self.__secret, self._A__secret
print(B().own(), B().get()[1])
try:
    a.__x
except AttributeError as error:
    print(error)
class _Under:
    __v = "leading underscores are stripped"
    def get(self): return self.__v
class __:
    __v = "only underscores: no mangling"
    def get(self): return self.__v
print(_Under().get(), _Under._Under__v, __().get(), "__v" in vars(__))
class Outer:
    class Inner:
        __z = "inner"
        def get(self): return self.__z
    def make(self):
        return self.Inner()._Inner__z
print(Outer.Inner().get(), Outer().make())
class G:
    def setup(self):
        global __made
        __made = 5
G().setup()
print(_G__made)
print(getattr(a, "_A__secret"), hasattr(a, "__secret"))
