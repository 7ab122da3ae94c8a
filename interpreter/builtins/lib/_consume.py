"""The loops of builtins that drive an iterator.

The machine runs a function of this module in place of the builtin of its name where the iterable is
a generator, or where the builtin calls a Python function: so the loop is one of bytecode, which traces run
through with the body of what it resumes or calls in it. The arguments are all given by position, and the checks that need no item are made before. The
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


def sum_objects(iterable, start):
    # The first item is no number, so no rounding is made up for.
    for item in iterable:
        start = start + item
    return start


def reduce(function, iterable, initial, has_initial):
    iterable = iter(iterable)
    if not has_initial:
        for initial in iterable:
            break
        else:
            raise TypeError("reduce() of empty iterable with no initial value")
    for item in iterable:
        initial = function(initial, item)
    return initial


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
    iterable = iter(iterable)
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
    iterable = iter(iterable)
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


def by_index(sequence):
    index = 0
    while True:
        try:
            item = sequence[index]
        except (IndexError, StopIteration):
            return
        yield item
        index += 1


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


def map3(function, first, second, third):
    for one in first:
        for two in second:
            break
        else:
            return
        for three in third:
            break
        else:
            return
        yield function(one, two, three)


def filter_true(function, iterable):
    # The function is None.
    for item in iterable:
        if item:
            yield item


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


# What looks up a key whose hash a Python function gives, in a dictionary or set. A place is a number;
# -1 stands for none, less than that for what only a comparison tells.


def item_by_key(table, key):
    hashed = _hash_of(table, key)
    place = _find(table, key, hashed)
    if place < 0:
        raise KeyError(key)
    return value_at(table, place)


def get_by_key(table, key, default):
    hashed = _hash_of(table, key)
    place = _find(table, key, hashed)
    if place < 0:
        return default
    return value_at(table, place)


def store_by_key(table, key, value):
    hashed = _hash_of(table, key)
    place = _find(table, key, hashed)
    if place < 0:
        place = add_new(table, key, hashed)
    set_value_at(table, place, value)


def contains_key(table, key):
    hashed = _hash_of(table, key)
    return _find(table, key, hashed) >= 0


def add_key(table, key):
    hashed = _hash_of(table, key)
    if _find(table, key, hashed) < 0:
        add_new(table, key, hashed)


def _find(table, key, hashed):
    place = place_of(table, key, hashed)
    if place < -1:
        place = search(table, key, hashed)
    return place


def _hash_of(table, key):
    try:
        return hash(key)
    except TypeError as error:
        reason = error
    raise unusable(table, key, reason)


# What takes a step of an iterator: a generator of one item at most. `state` is the iterator's, which
# begins with a number that says nothing here; `__each__` asks an iterator as it is. All is found in the
# state and left there, as the native function of the same iterator does it.


def accumulate(state):
    # The state: iterator, function or None, total, stage (0: nothing, 1: a first total, 2: a total).
    if state[4] == 1:
        state[4] = 2
        yield state[3]
        return
    for item in __each__(state[1]):
        if state[4]:
            function = state[2]
            if function is None:
                item = state[3] + item
            else:
                item = function(state[3], item)
        state[3] = item
        state[4] = 2
        yield item
        return


def batched(state):
    # Iterator or None, size, whether a batch must be full.
    iterator = state[1]
    if iterator is None:
        return
    size = state[2]
    batch = []
    for item in __each__(iterator):
        append(batch, item)
        if len(batch) >= size:
            break
    else:
        state[1] = None
        if not batch:
            return
        if state[3]:
            raise ValueError("batched(): incomplete batch")
    yield make_tuple(batch)


def chain(state):
    # Iterator of iterables or None, iterator or None.
    while True:
        iterator = state[2]
        if iterator is not None:
            for item in __each__(iterator):
                yield item
                return
            state[2] = None
        iterables = state[1]
        if iterables is None:
            return
        for iterable in __each__(iterables):
            state[2] = iter(iterable)
            break
        else:
            state[1] = None


# Of the combinatoric iterators: stage (0: nothing yet, 1: within, 2: at the end), indices, pools.


def combinations2(state):
    pool = state[4]
    first, second = state[2], state[3]
    if state[1] == 1:
        second += 1
        if second >= len(pool):
            first += 1
            second = first + 1
            if second >= len(pool):
                state[1] = 2
                return
            state[2] = first
        state[3] = second
    elif state[1]:
        return
    else:
        state[1] = 1
    yield pool[first], pool[second]


def combinations3(state):
    pool = state[5]
    first, second, third = state[2], state[3], state[4]
    if state[1] == 1:
        third += 1
        if third >= len(pool):
            second += 1
            third = second + 1
            if third >= len(pool):
                first += 1
                second = first + 1
                third = second + 1
                if third >= len(pool):
                    state[1] = 2
                    return
                state[2] = first
            state[3] = second
        state[4] = third
    elif state[1]:
        return
    else:
        state[1] = 1
    yield pool[first], pool[second], pool[third]


def combinations4(state):
    pool = state[6]
    first, second, third, fourth = state[2], state[3], state[4], state[5]
    if state[1] == 1:
        fourth += 1
        if fourth >= len(pool):
            third += 1
            fourth = third + 1
            if fourth >= len(pool):
                second += 1
                third = second + 1
                fourth = third + 1
                if fourth >= len(pool):
                    first += 1
                    second = first + 1
                    third = second + 1
                    fourth = third + 1
                    if fourth >= len(pool):
                        state[1] = 2
                        return
                    state[2] = first
                state[3] = second
            state[4] = third
        state[5] = fourth
    elif state[1]:
        return
    else:
        state[1] = 1
    yield pool[first], pool[second], pool[third], pool[fourth]


def compress(state):
    # Iterators of data and selectors.
    for item in __each__(state[1]):
        for selector in __each__(state[2]):
            break
        else:
            return
        if selector:
            yield item
            return


def count(state):
    # Next number, step.
    number = state[1]
    state[1] = number + state[2]
    yield number


def cycle(state):
    # Iterator or None, items, index of the next of them.
    iterator, items = state[1], state[2]
    if iterator is not None:
        for item in __each__(iterator):
            append(items, item)
            yield item
            return
        state[1] = None
    at = state[3]
    if at < len(items):
        item = items[at]
        at += 1
        state[3] = 0 if at == len(items) else at
        yield item


def dropwhile(state):
    # Function, iterator, whether all is given.
    for item in __each__(state[2]):
        if not state[3]:
            if state[1](item):
                continue
            state[3] = 1
        yield item
        return


def filterfalse(state):
    # Function or None, iterator.
    function = state[1]
    for item in __each__(state[2]):
        if not (item if function is None else function(item)):
            yield item
            return


def group(state):
    # State of the `groupby`, key, mark of the group.
    groups = state[1]
    if groups[6] is not state[3]:
        return
    if not groups[8]:
        for item in __each__(groups[1]):
            break
        else:
            return
        function = groups[2]
        current = item if function is None else function(item)
        groups[4] = item
        groups[3] = current
        groups[7] = groups[8] = 1
    key, current = state[2], groups[3]
    if key is current or key == current:
        item = groups[4]
        groups[4] = None
        groups[8] = 0
        yield item


def groupby(state):
    # Iterator, function or None, current key, current item, key of the group, mark of the group; 0 or
    # 1: whether an item was read, is not given yet, whether there was a group.
    state[6] = None
    while True:
        if state[7]:
            current, key = state[3], state[5]
            if not state[9] or not (key is current or key == current):
                break
        for item in __each__(state[1]):
            break
        else:
            return
        function = state[2]
        current = item if function is None else function(item)
        state[4] = item
        state[3] = current
        state[7] = state[8] = 1
    key = state[3]
    state[5] = key
    state[9] = 1
    yield key, make_group(state, key)


def islice(state):
    # Iterator or None, items taken, index of the next wanted, stop or -1, step.
    iterator = state[1]
    if iterator is None:
        return
    at, wanted, stop = state[2], state[3], state[4]
    ends = 0 <= stop <= wanted
    last = stop if ends else wanted
    while at < last:
        for item in __each__(iterator):
            break
        else:
            state[1] = None
            return
        at += 1
        state[2] = at
    if ends:
        state[1] = None
        return
    for item in __each__(iterator):
        wanted += state[5]
        if 0 <= stop < wanted:
            wanted = stop
        state[2] = at + 1
        state[3] = wanted
        yield item
        return
    state[1] = None


def pairwise(state):
    # Iterator or None, last item, whether there is one.
    iterator = state[1]
    if iterator is None:
        return
    if not state[3]:
        for item in __each__(iterator):
            break
        else:
            state[1] = None
            return
        state[2] = item
        state[3] = 1
    last = state[2]
    for item in __each__(iterator):
        state[2] = item
        yield last, item
        return
    state[1] = state[2] = None


def permutations2(state):
    pool = state[4]
    first, second = state[2], state[3]
    if state[1] == 1:
        second += 1
        if second == first:
            second += 1
        if second >= len(pool):
            first += 1
            if first >= len(pool):
                state[1] = 2
                return
            second = 0
            state[2] = first
        state[3] = second
    elif state[1]:
        return
    else:
        state[1] = 1
    yield pool[first], pool[second]


def permutations3(state):
    pool = state[5]
    first, second, third = state[2], state[3], state[4]
    if state[1] == 1:
        third += 1
        while third == first or third == second:
            third += 1
        if third >= len(pool):
            second += 1
            if second == first:
                second += 1
            if second >= len(pool):
                first += 1
                if first >= len(pool):
                    state[1] = 2
                    return
                second = 0
                state[2] = first
            state[3] = second
            third = 0
            while third == first or third == second:
                third += 1
        state[4] = third
    elif state[1]:
        return
    else:
        state[1] = 1
    yield pool[first], pool[second], pool[third]


def product2(state):
    one, two = state[4], state[5]
    first, second = state[2], state[3]
    if state[1] == 1:
        second += 1
        if second >= len(two):
            first += 1
            if first >= len(one):
                state[1] = 2
                return
            second = 0
            state[2] = first
        state[3] = second
    elif state[1]:
        return
    elif one and two:
        state[1] = 1
    else:
        state[1] = 2
        return
    yield one[first], two[second]


def product3(state):
    one, two, three = state[5], state[6], state[7]
    first, second, third = state[2], state[3], state[4]
    if state[1] == 1:
        third += 1
        if third >= len(three):
            second += 1
            if second >= len(two):
                first += 1
                if first >= len(one):
                    state[1] = 2
                    return
                second = 0
                state[2] = first
            third = 0
            state[3] = second
        state[4] = third
    elif state[1]:
        return
    elif one and two and three:
        state[1] = 1
    else:
        state[1] = 2
        return
    yield one[first], two[second], three[third]


def product4(state):
    one, two, three, four = state[6], state[7], state[8], state[9]
    first, second, third, fourth = state[2], state[3], state[4], state[5]
    if state[1] == 1:
        fourth += 1
        if fourth >= len(four):
            third += 1
            if third >= len(three):
                second += 1
                if second >= len(two):
                    first += 1
                    if first >= len(one):
                        state[1] = 2
                        return
                    second = 0
                    state[2] = first
                third = 0
                state[3] = second
            fourth = 0
            state[4] = third
        state[5] = fourth
    elif state[1]:
        return
    elif one and two and three and four:
        state[1] = 1
    else:
        state[1] = 2
        return
    yield one[first], two[second], three[third], four[fourth]


def repeat(state):
    # Object, how often, -1: for ever.
    left = state[2]
    if left:
        if left > 0:
            state[2] = left - 1
        yield state[1]


def starmap(state):
    # Function, iterator.
    for items in __each__(state[2]):
        if type(items) is not make_tuple:
            items = make_tuple(items)
        yield state[1](*items)
        return


def takewhile(state):
    # Function, iterator, whether it has ended.
    if not state[3]:
        for item in __each__(state[2]):
            if state[1](item):
                yield item
            else:
                state[3] = 1
            return


def zip_longest2(state):
    # Iterators not exhausted, what fills, the iterators or None.
    if not state[1]:
        return
    one = two = state[2]
    if state[3] is not None:
        for one in __each__(state[3]):
            break
        else:
            left = state[1] - 1
            state[1] = left
            if not left:
                return
            state[3] = None
    if state[4] is not None:
        for two in __each__(state[4]):
            break
        else:
            left = state[1] - 1
            state[1] = left
            if not left:
                return
            state[4] = None
    yield one, two


# Calls of functions with a cache without bound, which is: a number, the function, a dictionary, how often a
# result was there, how often it was not. The arguments are numbers and strings.


def cached1(state, argument):
    results = state[2]
    if argument in results:
        state[3] += 1
        return results[argument]
    state[4] += 1
    result = state[1](argument)
    results[argument] = result
    return result


def cached2(state, first, second):
    results = state[2]
    key = first, second
    if key in results:
        state[3] += 1
        return results[key]
    state[4] += 1
    result = state[1](first, second)
    results[key] = result
    return result
