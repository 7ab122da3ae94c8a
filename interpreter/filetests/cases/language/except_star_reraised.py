# test: run
# What comes out of an `except*` whose clauses raise again.
def show(error, depth=0):
    if isinstance(error, BaseExceptionGroup):
        print(" " * depth, type(error).__name__, repr(error.message), repr(error.__cause__), repr(error.__context__))
        for member in error.exceptions:
            show(member, depth + 2)
    else:
        print(" " * depth, repr(error), repr(error.__cause__), repr(error.__context__))


def group():
    return ExceptionGroup("eg", [TypeError(1), ValueError(2), ExceptionGroup("in", [TypeError(3), OSError(4)])])


def again_a_part():
    try:
        raise group()
    except* ValueError:
        raise


def again_all():
    try:
        raise group()
    except* (ValueError, TypeError, OSError):
        raise


def one_dealt_with():
    try:
        raise group()
    except* TypeError:
        raise
    except* ValueError:
        pass


def some_dealt_with():
    try:
        raise group()
    except* TypeError:
        pass
    except* ValueError:
        pass


def all_dealt_with():
    try:
        raise group()
    except* Exception:
        print("dealt with")


def one_anew():
    try:
        raise group()
    except* ValueError as error:
        raise KeyError("new") from error
    except* TypeError:
        raise


def by_name():
    try:
        raise group()
    except* ValueError as error:
        raise error


def plain_again():
    try:
        raise ValueError(42)
    except* ValueError:
        raise


def plain_by_name():
    try:
        raise ValueError(42)
    except* ValueError as error:
        raise error


def plain_not_taken():
    try:
        raise ValueError(42)
    except* TypeError:
        pass


def with_notes():
    try:
        error = group()
        error.add_note("noted")
        raise error
    except* OSError:
        raise
    except* ValueError:
        pass


class Unhashable(Exception):
    __hash__ = None


def unhashable():
    try:
        raise ExceptionGroup("eg", [Unhashable(1), ValueError(2)])
    except* Unhashable:
        raise


def of_group():
    try:
        raise OSError("plain")
    except* ExceptionGroup:
        print("never")


def of_no_class():
    try:
        raise group()
    except* (42, ValueError):
        print("never")


class Own(ExceptionGroup):
    def derive(self, excs):
        return Own(self.message + "!", excs)


def own_derive():
    try:
        raise Own("own", [ValueError(1), TypeError(2), OSError(3)])
    except* ValueError:
        raise
    except* TypeError:
        pass


for action in (
    again_a_part, again_all, one_dealt_with, some_dealt_with, all_dealt_with, one_anew, by_name,
    plain_again, plain_by_name, plain_not_taken, with_notes, unhashable, of_group, of_no_class, own_derive,
):
    print(action.__name__)
    try:
        action()
    except BaseException as error:
        show(error)
        print(getattr(error, "__notes__", None))
