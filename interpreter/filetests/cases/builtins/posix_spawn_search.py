# test: run
# target: x86_64
# An emulator starts a process before it knows whether there is such a program.
# A program that posix_spawn is told is there, or is looked for, or is not there.
import os

def wait(process):
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])

def show(function, *arguments, **named):
    try:
        print(function(*arguments, **named))
    except (OSError, TypeError, ValueError) as raised:
        text = (raised.strerror, raised.filename) if isinstance(raised, OSError) else raised
        print(type(raised).__name__, text)

print(wait(os.posix_spawnp("true", ["true"], os.environ)), wait(os.posix_spawnp("false", ["false"], os.environ)))
show(os.posix_spawn, "true", ["true"], {})
show(os.posix_spawnp, "no such program", ["x"], {})
