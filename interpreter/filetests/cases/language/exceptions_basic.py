# test: run
# try, except, else, finally: all paths.
def run(action):
    log = []
    try:
        log.append("try")
        action()
    except ValueError as error:
        log.append(f"value {error}")
    except (KeyError, IndexError) as error:
        log.append(f"lookup {type(error).__name__}")
    except ArithmeticError:
        log.append("arithmetic")
    except:
        log.append("anything")
    else:
        log.append("else")
    finally:
        log.append("finally")
    return log
def raiser(error):
    def action():
        raise error
    return action
print(run(lambda: None), run(raiser(ValueError("v"))), run(raiser(ValueError)), run(lambda: {}["k"]), run(lambda: [][0]), run(lambda: 1 / 0), run(raiser(TypeError("t"))), run(raiser(KeyboardInterrupt())))
def name_unbound():
    try:
        raise ValueError("x")
    except ValueError as error:
        pass
    try:
        error
    except UnboundLocalError as e:
        return str(e)
print(name_unbound())
def keep():
    error = "before"
    try:
        pass
    except ValueError as error:
        pass
    return error
print(keep())
def returns(path):
    try:
        if path == "try":
            return "from try"
        if path == "raise":
            raise ValueError
        if path == "loop":
            for i in range(3):
                try:
                    continue
                finally:
                    if i == 1:
                        print("finally in loop", i)
        return "end of try"
    except ValueError:
        return "from except"
    else:
        return "else"
    finally:
        print("finally", path)
print(returns("try"), returns("raise"), returns("loop"), returns("none"))
def nested():
    log = []
    try:
        try:
            try:
                raise KeyError("inner")
            finally:
                log.append("f1")
        except ValueError:
            log.append("wrong")
        finally:
            log.append("f2")
    except KeyError as error:
        log.append(f"caught {error}")
        try:
            raise
        except KeyError as again:
            log.append(again is error)
    return log
print(nested())
def swap():
    try:
        try:
            1 / 0
        finally:
            {}["replaced"]
    except KeyError as error:
        return type(error.__context__).__name__
print(swap())
try:
    raise
except RuntimeError as error:
    print(error)
for bad in (5, "text", object(), int):
    try:
        raise bad
    except TypeError as error:
        print(error)
try:
    try:
        raise ValueError
    except 5:
        pass
except TypeError as error:
    print(error)
def from_function():
    try:
        return 1
    finally:
        print("after return value")
print(from_function())
def gen():
    try:
        yield 1
    except GeneratorExit:
        print("generator exit")
        raise
    finally:
        print("generator finally")
dropped = gen()
for value in dropped:
    break
dropped.close()
g = gen(); next(g); g.close()
class Eq:
    def __eq__(self, other): raise ValueError("in eq")
try:
    [Eq()].index(1)
except ValueError as error:
    print(error)
