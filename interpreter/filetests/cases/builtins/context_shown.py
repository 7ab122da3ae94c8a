# test: run
# Contexts compared, shown, and asked for what they cannot have.
import contextvars

a = contextvars.ContextVar("a", default=5)
b = contextvars.ContextVar("b")


def attempt(call):
    try:
        print("gave", call())
    except Exception as error:
        print(type(error).__name__, str(error)[:12])


print(repr(a)[:30], repr(b)[:25])
context = contextvars.copy_context()
attempt(lambda: context[1])
attempt(lambda: context.get("a"))
attempt(lambda: 1 in context)
attempt(lambda: hash(context))
attempt(lambda: context == context.copy())
token = a.set(7)
print(repr(token)[:20], contextvars.copy_context() == context, context == 1, len(contextvars.copy_context()))
a.reset(token)
print(repr(token)[:12], "used" in repr(token))
attempt(lambda: a.reset(token))
attempt(lambda: hash(token))
for base in (contextvars.Context, contextvars.ContextVar, contextvars.Token):
    try:
        class Derived(base):
            pass
    except TypeError:
        print("TypeError")
print(contextvars.ContextVar[int], contextvars.Token[str])
