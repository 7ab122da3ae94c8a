# test: run
"""Exceptions raised, handled and raised again in loops that are hot."""
import sys
import traceback
from contextlib import contextmanager, suppress


class Plain(Exception):
    pass


class Coded(Exception):
    def __init__(self, code, *rest):
        super().__init__(code, *rest)
        self.code = code


class Silent(ValueError):
    def __init__(self, text):
        pass


def check(number):
    if number % 3 == 0:
        raise Plain(number)
    if number % 7 == 0:
        raise Coded(number, "seven")
    if number % 11 == 0:
        raise Silent("eleven")
    return number


def deeper(number):
    return check(number) + 1


def by_class(count):
    total = plain = coded = other = fine = 0
    for number in range(count):
        try:
            total += deeper(number)
        except Plain as error:
            plain += error.args[0]
        except Coded as error:
            coded += error.code
        except (KeyError, ValueError) as error:
            other += len(error.args)
        else:
            fine += 1
        finally:
            total += 1
    return total, plain, coded, other, fine


print(by_class(500))


def dropped(count):
    """No one looks at the exceptions."""
    seen = 0
    for number in range(count):
        try:
            if number & 1:
                raise Plain(number, float(number))
        except Plain:
            seen += 1
    return seen, sys.exc_info()


print(dropped(500))


def of_natives(count):
    table = {number: number * 2 for number in range(0, count, 2)}
    row = list(range(count // 2))
    found = keys = indices = texts = zeros = attributes = 0
    for number in range(count):
        try:
            found += table[number]
        except KeyError as error:
            keys += error.args[0]
        try:
            found += row[number]
        except IndexError:
            indices += 1
        try:
            found += int("12" if number % 5 else "x")
        except ValueError as error:
            texts += len(str(error))
        try:
            found += 100 // (number % 4)
        except ZeroDivisionError:
            zeros += 1
        try:
            found += (row if number % 6 else table).index(0)
        except AttributeError:
            attributes += 1
    return found, keys, indices, texts, zeros, attributes


print(of_natives(300))


def kept(count):
    errors = []
    for number in range(count):
        try:
            deeper(number * 3)
        except Plain as error:
            if number % 50 == 20:
                errors.append(error)
    return errors


for error in kept(200):
    entries = traceback.extract_tb(error.__traceback__)
    print(error.args, [(entry.name, entry.lineno) for entry in entries], error.__context__)


def chained(count):
    """Contexts and causes, with and without a handler around."""
    errors = []
    for number in range(count):
        try:
            try:
                check(number * 3)
            except Plain as first:
                if number % 3 == 0:
                    raise Coded(number) from first
                if number % 3 == 1:
                    raise Coded(number) from None
                raise Coded(number)
        except Coded as second:
            if number >= count - 3:
                errors.append(second)
    return errors


for error in chained(100):
    context, cause = error.__context__, error.__cause__
    print(repr(error), repr(context), repr(cause), error.__suppress_context__)
    print([entry.lineno for entry in traceback.extract_tb(error.__traceback__)])
    print([entry.lineno for entry in traceback.extract_tb(context.__traceback__)])


def again(count):
    """Raised once more: by `raise`, by its name, and by no clause taking it."""
    errors = []
    for number in range(count):
        try:
            try:
                check(number * 3)
            except KeyError:
                print("not here")
            except Plain as error:
                if number % 3 == 0:
                    raise
                if number % 3 == 1:
                    raise error
                try:
                    raise error.with_traceback(None)
                finally:
                    number += 0
        except Plain as error:
            if number >= count - 3:
                errors.append(error)
    return errors


for error in again(100):
    print(repr(error), repr(error.__context__))
    print([(e.name, e.lineno) for e in traceback.extract_tb(error.__traceback__)])


def handled_seen(count):
    """What is being handled, as others see it, in and behind handlers."""
    seen = []

    def look():
        return sys.exc_info()[1]

    for number in range(count):
        try:
            raise Plain(number)
        except Plain as outer:
            before = look() is outer
            try:
                raise Coded(number)
            except Coded as inner:
                within = look() is inner
            after = look() is outer
        if number % 25 == 0:
            seen.append((before, within, after, look()))
    return seen


print(handled_seen(100))


def calls_in_handler(count):
    """Calls from a handler, which handle something themselves."""
    total = 0

    def clean(number):
        try:
            if number % 4 == 1:
                raise KeyError(number)
            return sys.exc_info()[1].args[0]
        except KeyError as error:
            return error.__context__.args[0] * 2

    for number in range(count):
        try:
            raise Plain(number)
        except Plain:
            total += clean(number)
    return total, sys.exc_info()[1]


print(calls_in_handler(300))


def finals(count):
    order = []
    for number in range(count):
        try:
            try:
                if number % 5 == 2:
                    continue
                if number % 5 == 3:
                    raise Plain(number)
                if number == count - 1:
                    break
            finally:
                order.append(number % 5)
        except Plain:
            order.append(9)
    else:
        order.append(-1)
    return len(order), sum(order), order[:12]


print(finals(204))


def returns(number):
    try:
        if number & 1:
            raise Plain(number)
        return "even"
    except Plain:
        return "odd"
    finally:
        if number % 10 == 5:
            returns.fives += 1


returns.fives = 0
print([returns(number) for number in range(100)].count("odd"), returns.fives)


class Manager:
    def __init__(self, log, takes):
        self.log, self.takes = log, takes

    def __enter__(self):
        self.log.append("in")
        return self

    def __exit__(self, kind, error, trace):
        self.log.append("out" if kind is None else kind.__name__)
        return self.takes


def managed(count):
    log = []
    escaped = 0
    for number in range(count):
        try:
            with Manager(log, number % 4 == 0) as outer, Manager(log, False):
                if number % 2 == 0:
                    raise Plain(number)
                outer.takes = True
        except Plain:
            escaped += 1
    return escaped, len(log), log[-6:], sorted(set(log))


print(managed(200))


@contextmanager
def traced(log, name):
    log.append(f"+{name}")
    try:
        yield name
    except Plain as error:
        log.append(f"!{error.args[0] % 3}")
        if error.args[0] % 3 == 0:
            raise Coded(name) from error
    finally:
        log.append(f"-{name}")


def generated(count):
    log = []
    coded = 0
    for number in range(count):
        try:
            with traced(log, number % 4):
                if number % 2:
                    raise Plain(number)
        except Coded as error:
            coded += error.code
        with suppress(KeyError):
            {}[number]
    return coded, len(log), log[-5:]


print(generated(200))


def numbers(count):
    for number in range(count):
        try:
            if number % 6 == 4:
                raise Plain(number)
            yield number
        except Plain as error:
            yield -error.args[0]
    if count > 90:
        raise Coded(count)


def consumed(count):
    total = ends = 0
    for number in range(count):
        try:
            for value in numbers(number):
                total += value
        except Coded:
            ends += 1
        source = iter([number])
        next(source)
        try:
            next(source)
        except StopIteration as stop:
            total += stop.value is None
    return total, ends


print(consumed(100))


def raises_late(count):
    for number in range(count):
        if number == count - 1:
            raise Coded(number)
    return count


def outside(count):
    caught = []
    for number in range(1, count):
        try:
            raises_late(number)
        except Coded as error:
            caught.append(error.code)
    return len(caught), sum(caught)


print(outside(120))


def changing(count):
    """What a clause names changes on the way."""
    expected = Plain
    hits = misses = 0
    for number in range(count):
        if number == 150:
            expected = (Coded, KeyError)
        if number == 220:
            expected = Exception
        try:
            try:
                raise Plain(number)
            except expected:
                hits += 1
        except Plain:
            misses += 1
    return hits, misses


print(changing(300))


def wrong_clause(count):
    messages = set()
    for number in range(count):
        try:
            try:
                raise Plain(number)
            except number:
                pass
        except TypeError as error:
            messages.add((str(error)[:30], repr(error.__context__)[:6]))
    return messages


print(wrong_clause(80))


def nothing_to_raise(count):
    messages = set()
    for number in range(count):
        try:
            raise
        except RuntimeError as error:
            messages.add(str(error))
        try:
            raise number
        except TypeError as error:
            messages.add(str(error))
    return sorted(messages)


print(nothing_to_raise(80))


def grouped(count):
    taken = 0
    for number in range(count):
        try:
            raise ExceptionGroup("some", [Plain(number), KeyError(number)])
        except* Plain as part:
            taken += len(part.exceptions)
        except* KeyError as part:
            taken += part.exceptions[0].args[0]
    return taken


print(grouped(100))


def recursive(depth):
    if depth == 0:
        raise Plain(depth)
    try:
        return recursive(depth - 1)
    finally:
        recursive.left += 1


def recursion(count):
    recursive.left = 0
    for number in range(count):
        try:
            recursive(number % 9)
        except Plain as error:
            last = len(traceback.extract_tb(error.__traceback__))
    return recursive.left, last


print(recursion(200))


def one_by_one(count):
    """Generators that are asked for single values, to their ends and beyond."""

    def three(number):
        yield number
        yield -number
        if number % 5 == 0:
            return "five"
        if number % 7 == 0:
            raise Coded(number)

    total = ends = fives = beyond = 0
    for number in range(count):
        source = three(number)
        total += next(source) + next(source) * 2
        try:
            next(source)
        except StopIteration as stop:
            ends += 1
            fives += stop.value == "five"
        except Coded as error:
            total += error.code
        try:
            next(source)
        except StopIteration as stop:
            beyond += stop.value is None
    return total, ends, fives, beyond


print(one_by_one(200))


def results_unwanted(count):
    """What raises does so even if no one wants its result."""
    raised = 0
    for number in range(count):
        try:
            divmod(number, number % 3)
        except ZeroDivisionError:
            raised += 1
        try:
            number // (number % 4)
        except ZeroDivisionError:
            raised += 1
        try:
            number % (number % 5)
        except ZeroDivisionError:
            raised += 1
        try:
            1 << (number % 6 - 1)
        except ValueError:
            raised += 1
        try:
            number >> (number % 7 - 1)
        except ValueError:
            raised += 1
    return raised


print(results_unwanted(420))


class Empty:
    pass


class Counted(type):
    made = 0

    def __call__(cls, *args):
        Counted.made += 1
        return super().__call__(*args)


class Made(metaclass=Counted):
    pass


def made(count):
    wrong = 0
    things = set()
    for number in range(count):
        things.add(Empty())
        Made()
        try:
            Empty(number)
        except TypeError:
            wrong += 1
    return wrong, len(things), Counted.made


print(made(100))
