# test: run
# Line numbers of frames and errors in statements that span lines.
import sys
def here():
    return sys._getframe(1).f_lineno - BASE
BASE = sys._getframe().f_lineno
print(here())
print(
    here(),
    here(),
)
values = [
    here(),
    here()
]
print(values)
def function(
    a=here(),
    b=here(),
):
    return (
        a,
        b,
        here(),
    )
print(function())
def error_line(action):
    try:
        action()
    except Exception as error:
        trace = error.__traceback__
        while trace.tb_next:
            trace = trace.tb_next
        return trace.tb_lineno - BASE
def e1():
    x = (1 +
         2 +
         undefined)
def e2():
    print(1,
          2,
          [][0],
          4)
def e3():
    return {
        "a": 1,
        "b": 1 / 0,
    }
def e4():
    for i in [1,
              2]:
        if i == 2:
            raise ValueError
def e5():
    assert (
        1 ==
        2
    ), "message"
def e6():
    (None
     .attribute)
def e7():
    x = 1; y = 2; z = None + 1
def e8():
    try:
        1 / 0
    finally:
        x = 1
def e9():
    with open("/no/such/file") as f:
        pass
def e10():
    lst = [1]
    lst[
        5
    ] = 2
def e11():
    a, b = (
        1,
    )
def e12():
    return [x / 0
            for x in (1,)]
print([error_line(f) for f in (e1, e2, e3, e4, e5, e6, e7, e8, e9, e10, e11, e12)])
x = [here()
     for _ in range(2)]
print(x, (lambda:
          here())())
class Body:
    line = here()
    @staticmethod
    def method():
        return here()
print(Body.line, Body.method())
if (here()
        and here()):
    print(here())
print(f"{here()} {
    here()
} end")
