"""The loops of builtins that drive an iterator.

The machine runs a function of this module in place of the builtin of its name where the iterable is
a generator: so the loop is one of bytecode, which traces run through with the generator's body in
it. The arguments are all given by position, and the checks that need no item are made before. The
frames are hidden: no traceback shows them. Each generator's code has a copy of the function of its
own, so that a trace of the loop is one for that generator.

Names that are not local are put in by the machine, so nothing a program does to `builtins` is seen
here; among them are the functions of this module whose names begin with an underscore.
"""


def sum(iterable, start, error):
    # `error` is what rounding left out of a sum of floats.
    for item in iterable:
        __add_up__(start, item, iterable)
    # The error of an infinite sum is NaN and says nothing.
    if error and error - error == 0.0:
        return start + error
    return start


def any(iterable):
    for item in iterable:
        if item:
            return True
    return False


def all(iterable):
    for item in iterable:
        if not item:
            return False
    return True


def min(iterable, key, default, has_default):
    for best in iterable:
        break
    else:
        if has_default:
            return default
        raise ValueError("min() iterable argument is empty")
    if key is None:
        for item in iterable:
            if item < best:
                best = item
        return best
    best_rank = key(best)
    for item in iterable:
        rank = key(item)
        if rank < best_rank:
            best, best_rank = item, rank
    return best


def max(iterable, key, default, has_default):
    for best in iterable:
        break
    else:
        if has_default:
            return default
        raise ValueError("max() iterable argument is empty")
    if key is None:
        for item in iterable:
            if item > best:
                best = item
        return best
    best_rank = key(best)
    for item in iterable:
        rank = key(item)
        if rank > best_rank:
            best, best_rank = item, rank
    return best


def next(iterable, default):
    # Without a default the end is an exception with what the generator returned, which a loop does not
    # see.
    for item in iterable:
        return item
    return default


def sorted(iterable, key, reverse):
    items = [item for item in iterable]
    items.sort(key=key, reverse=reverse)
    return items


def list(iterable):
    return [item for item in iterable]


def tuple(iterable):
    return make_tuple([item for item in iterable])


def set(iterable):
    return {item for item in iterable}


def frozenset(iterable):
    return make_frozenset({item for item in iterable})


def bytearray(iterable):
    array = make_bytearray()
    for item in iterable:
        append_byte(array, item)
    return array


def bytes(iterable):
    array = make_bytearray()
    for item in iterable:
        if type(item) is int and 0 <= item <= 255:
            append_byte(array, item)
        else:
            extend_by(array, make_bytes((item,)))
    return make_bytes(array)


def extend_bytes(self, iterable):
    # One that is not a byte leaves the array as it was.
    array = make_bytearray()
    for item in iterable:
        append_byte(array, item)
    extend_by(self, array)


def join(separator, iterable):
    return join_list(separator, [item for item in iterable])


def extend(self, iterable):
    for item in iterable:
        append(self, item)


# What drives iterators that ask generators or call functions: the values are the iterator's.


def zip2(first, second):
    for one in first:
        for two in second:
            break
        else:
            return
        yield one, two


def zip3(first, second, third):
    for one in first:
        for two in second:
            break
        else:
            return
        for three in third:
            break
        else:
            return
        yield one, two, three


def enumerate(iterable, count):
    for item in iterable:
        yield count, item
        count += 1


def map1(function, iterable):
    for item in iterable:
        yield function(item)


def map2(function, first, second):
    for one in first:
        for two in second:
            break
        else:
            return
        yield function(one, two)


def filter(function, iterable):
    for item in iterable:
        if function(item):
            yield item


# What calling a class does whose `__new__` is a Python function, and its `__init__`, too, if that is not
# None.


def construct(new, init, cls, /, *args):
    made = new(cls, *args)
    if type(made) is cls and (init is None or cls.__init__ is init):
        result = init and init(made, *args)
    else:
        result = _initialize(made, cls, args, {})
    if result is not None:
        raise TypeError(f"__init__() should return None, not '{type(result).__name__}'")
    return made


def construct_named(new, init, cls, /, *args, **kwargs):
    made = new(cls, *args, **kwargs)
    if type(made) is cls and (init is None or cls.__init__ is init):
        result = init and init(made, *args, **kwargs)
    else:
        result = _initialize(made, cls, args, kwargs)
    if result is not None:
        raise TypeError(f"__init__() should return None, not '{type(result).__name__}'")
    return made


def _initialize(made, cls, args, kwargs):
    # Of another class, or `__new__` has changed what there is to call.
    for base in type(made).__mro__:
        if base is cls:
            return type(made).__init__(made, *args, **kwargs)
    return None


# What `isinstance`, `getattr` and `hasattr` do where a Python function says it.


def check_instance(check, cls, instance):
    return True if check(cls, instance) else False


def get_one(get, object, default):
    try:
        return get(object)
    except AttributeError:
        return default


def get_two(get, object, name, default):
    try:
        return get(object, name)
    except AttributeError:
        return default


def has_one(get, object):
    try:
        get(object)
    except AttributeError:
        return False
    return True


def has_two(get, object, name):
    try:
        get(object, name)
    except AttributeError:
        return False
    return True
