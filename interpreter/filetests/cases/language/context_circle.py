# test: run
"""Circles of contexts that a program has closed itself."""
import traceback


class A(Exception):
    pass


class B(Exception):
    pass


class C(Exception):
    pass


def closed_while_handled():
    try:
        raise A()
    except A as a:
        try:
            raise B()
        except B:
            try:
                raise C()
            except C as c:
                a.__context__ = c
                raise c


def show(exception):
    names = []
    while exception is not None and len(names) < 7:
        names.append(repr(exception))
        exception = exception.__context__
    print(" ".join(names))


try:
    closed_while_handled()
except C as error:
    show(error)
    traceback.clear_frames(error.__traceback__)
    print(error.__traceback__.tb_frame.f_code.co_name, error.__traceback__.tb_next.tb_frame.f_code.co_name)
    try:
        raise ValueError("while one is handled")
    except ValueError as other:
        show(other)
        print(other.__traceback__.tb_frame.f_code.co_name)

# One that leads into a circle of others.
one, two, three = A(1), B(2), C(3)
one.__context__, two.__context__, three.__context__ = two, three, two
try:
    try:
        raise one
    except A as error:
        print(error.__traceback__.tb_frame.f_code.co_name)
        raise KeyError("k")
except KeyError as error:
    show(error)
    print(len(traceback.format_exception(error)))
# Oneself.
one.__context__ = one
try:
    raise one
except A as error:
    show(error)
    print(error.__traceback__.tb_frame.f_code.co_name)
