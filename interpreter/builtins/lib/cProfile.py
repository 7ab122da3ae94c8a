"""The profiler of `_lsprof` as programs and the command line use it; `profile` has the same interface."""

__all__ = ["run", "runctx", "Profile"]

import _lsprof
import importlib.machinery
import io
import profile as _profile


def run(statement, filename=None, sort=-1):
    return _profile._Utils(Profile).run(statement, filename, sort)


def runctx(statement, globals, locals, filename=None, sort=-1):
    return _profile._Utils(Profile).runctx(statement, globals, locals, filename, sort)


class Profile(_lsprof.Profiler):
    def print_stats(self, sort=-1):
        import pstats
        keys = sort if isinstance(sort, tuple) else (sort,)
        pstats.Stats(self).strip_dirs().sort_stats(*keys).print_stats()

    def dump_stats(self, file):
        import marshal
        self.create_stats()
        with open(file, "wb") as out:
            marshal.dump(self.stats, out)

    def create_stats(self):
        self.disable()
        self.snapshot_stats()

    def snapshot_stats(self):
        entries = self.getstats()
        callers = {label(entry.code): {} for entry in entries}
        self.stats = {}
        for entry in entries:
            name = label(entry.code)
            first = entry.callcount - entry.reccallcount
            self.stats[name] = first, entry.callcount, entry.inlinetime, entry.totaltime, callers[name]
        for entry in entries:
            for callee in entry.calls or ():
                by = callers.get(label(callee.code))
                if by is None:
                    continue
                own = (callee.callcount, callee.callcount - callee.reccallcount,
                       callee.inlinetime, callee.totaltime)
                before = by.get(label(entry.code), (0, 0, 0, 0))
                by[label(entry.code)] = tuple(map(sum, zip(before, own)))

    def run(self, command):
        import __main__
        return self.runctx(command, __main__.__dict__, __main__.__dict__)

    def runctx(self, command, globals, locals):
        with self:
            exec(command, globals, locals)
        return self

    def runcall(self, function, /, *args, **kws):
        with self:
            return function(*args, **kws)

    def __enter__(self):
        self.enable()
        return self

    def __exit__(self, *about):
        self.disable()


def label(code):
    """What stands for a function in statistics: file, line and name; a native one has only a name."""
    if isinstance(code, str):
        return "~", 0, code
    return code.co_filename, code.co_firstlineno, code.co_name


def main():
    import argparse
    import os
    import pstats
    import runpy
    import sys
    parser = argparse.ArgumentParser(
        prog="cProfile", usage="cProfile.py [-o output_file_path] [-s sort] [-m module | scriptfile] [arg] ...")
    parser.add_argument("-o", "--outfile", help="Save stats to <outfile>")
    parser.add_argument("-s", "--sort", default=2, choices=sorted(pstats.Stats.sort_arg_dict_default),
                        help="Sort order when printing to stdout, based on pstats.Stats class")
    parser.add_argument("-m", dest="module", action="store_true", help="Profile a library module")
    parser.add_argument("program", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    if not given.program:
        parser.print_usage()
        sys.exit(2)
    sys.argv[:] = given.program
    name = given.program[0]
    # Where the program leaves for another folder, its file goes to this one.
    outfile = given.outfile and os.path.abspath(given.outfile)
    space = {"__builtins__": __builtins__}
    if given.module:
        code = "run_module(name, run_name='__main__')"
        space |= {"run_module": runpy.run_module, "name": name}
    else:
        sys.path.insert(0, os.path.dirname(name))
        with io.open_code(name) as file:
            code = compile(file.read(), name, "exec")
        spec = importlib.machinery.ModuleSpec("__main__", None, origin=name)
        module = sys.modules["__main__"] = type(sys)("__main__")
        space = module.__dict__
        space.update(__spec__=spec, __file__=name, __name__="__main__", __package__=None, __cached__=None)
    try:
        runctx(code, space, None, outfile, given.sort)
    except BrokenPipeError as error:
        sys.stdout = None
        sys.exit(error.errno)


if __name__ == "__main__":
    main()
