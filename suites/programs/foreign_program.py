"""Runs a program of pyperformance under the harness.

    EXECUTOR foreign_program.py [--size LOOPS] [--iterations K] NAME FOLDER [ARGUMENT ...]

FOLDER is a program's folder among those that come with pyperformance, without
the `bm_` before it, and the arguments are the program's own. NAME is the
benchmark as the program calls it; a program may have several. The package
pyperformance and what its programs import are found where the interpreter finds
packages: the harness sets PYTHONPATH to a folder that `make setup` makes.

The program is what `__main__` is, and its folder is where imports look first,
as if it had been started alone; only the module `pyperf` is ours.
"""

import os
import runpy
import sys
import types

import harness_protocol
import pyperf

PACKAGE = "pyperformance"
PROGRAMS = os.path.join(PACKAGE, "data-files", "benchmarks")
USAGE = "[--size LOOPS] [--iterations K] NAME FOLDER [ARGUMENT ...]"


def installed(folders):
    """The folder that pyperformance is installed in."""
    for folder in folders:
        if os.path.isdir(os.path.join(folder, PROGRAMS)):
            return folder
    raise harness_protocol.UsageError(
        "pyperformance is not installed where this interpreter looks for packages; "
        "`make setup` installs it, and PYTHONPATH says where"
    )


def version_in(folder):
    """The version of the installed pyperformance as a number, 1.14.0 as 11400.

    Its programs have no versions of their own.
    """
    beginning, ending = PACKAGE + "-", ".dist-info"
    for name in os.listdir(folder):
        if name.startswith(beginning) and name.endswith(ending):
            parts = name[len(beginning) : -len(ending)].split(".")
            if len(parts) == 3 and all(part.isdigit() for part in parts):
                major, minor, patch = map(int, parts)
                return major * 10000 + minor * 100 + patch
    raise harness_protocol.UsageError(f"{folder} does not tell the version of pyperformance")


def program_in(folder, name):
    """The file of a program."""
    programs = os.path.join(folder, PROGRAMS)
    program = os.path.join(programs, "bm_" + name, "run_benchmark.py")
    if not os.path.isfile(program):
        known = sorted(one[3:] for one in os.listdir(programs) if one.startswith("bm_"))
        raise harness_protocol.UsageError(f"there is no program '{name}'; there are {', '.join(known)}")
    return program


def lend_vendored(folder):
    """Lets a program, and the processes that it starts, import what it brings itself."""
    vendored = os.path.join(folder, "vendor", "src")
    if os.path.isdir(vendored):
        sys.path.append(vendored)
        known = os.environ.get("PYTHONPATH")
        os.environ["PYTHONPATH"] = known + os.pathsep + vendored if known else vendored


def lend_distutils(home):
    """Lets setuptools' copy stand in for distutils where Python has it no longer.

    setuptools does so itself, by a hook that runs at start-up in an environment
    that it is installed in, and not in a folder of PYTHONPATH.
    """
    copy = os.path.join(home, "setuptools", "_distutils")
    if sys.version_info >= (3, 12) and os.path.isdir(copy):
        package = types.ModuleType("distutils")
        package.__path__ = [copy]
        sys.modules["distutils"] = package


def main():
    starter = os.path.basename(sys.argv[0])
    try:
        options = harness_protocol.parse(sys.argv[1:], size=1, iterations=10, takes_operands=True)
        if options.help:
            sys.stdout.write(f"usage: {starter} {USAGE}\n")
            return
        if len(options.operands) < 2:
            raise harness_protocol.UsageError("NAME and FOLDER are needed")
        name, folder, *arguments = options.operands
        home = installed(sys.path)
        program = program_in(home, folder)
        pyperf.order = pyperf.Order(name, version_in(home), os.path.dirname(program), options)
    except harness_protocol.UsageError as error:
        sys.stderr.write(f"{starter}: {error}\nusage: {starter} {USAGE}\n")
        sys.exit(harness_protocol.EXIT_USAGE)
    lend_distutils(home)
    # Processes that the program starts may look for `pyperf` too.
    own, sys.path[0] = sys.path[0], pyperf.order.folder
    sys.path.append(own)
    lend_vendored(pyperf.order.folder)
    sys.argv = [program] + arguments
    runpy.run_path(program, run_name="__main__")
    if not pyperf.order.is_done:
        others = ", ".join(pyperf.order.passed_over) or "none"
        sys.stderr.write(f"{starter}: {program} has no benchmark '{name}'; it has {others}\n")
        sys.exit(harness_protocol.EXIT_USAGE)


if __name__ == "__main__":
    main()
