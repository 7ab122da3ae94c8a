# test: run
"""pdb stops in a function that is named, goes on by lines, and shows where it is."""
import io
import pdb


def grown(n):
    more = n + 1
    return more * 2


def both(n):
    total = 0
    for i in range(n):
        total += grown(i)
    return total


def session(commands, code):
    pdb.bdb.Breakpoint.clearBreakpoints()
    said = io.StringIO()
    debugger = pdb.Pdb(stdin=io.StringIO(commands), stdout=said, nosigint=True, readrc=False)
    try:
        debugger.run(code, globals())
    except pdb.bdb.BdbQuit:
        print("quit")
    for line in said.getvalue().splitlines():
        # Where a function begins is told by its first line or by the first that does something.
        if not any(part in line for part in ("reakpoint", "bdb", "<string>", "exec(cmd")):
            print(line[: line.find("/")] + line[line.rfind("/") + 1 :] if "/" in line else line)


session("b grown\nc\np n\nn\np more\nn\nc\np n\nq\n", "both(3)")
session("b both, n > 2\nc\np n, n\nuntil 15\np total\nr\nq\n", "both(1); both(4)")
session("tbreak grown\nc\nw\nu\np total\nd\np n\nc\n", "print(both(2))")
