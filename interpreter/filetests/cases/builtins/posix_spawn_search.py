# test: run
# target: x86_64
# An emulator starts a process before it knows whether there is such a program.
# A program that posix_spawn is told is there, or is looked for, or is not there.
import os

def ends(program):
    process = os.posix_spawnp(program, [program], os.environ)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])

def show(function, program):
    try:
        print(function(program, ["x"], {}))
    except OSError as raised:
        print(type(raised).__name__, (raised.strerror, raised.filename))

print(ends("true"), ends("false"))
show(os.posix_spawn, "true")
show(os.posix_spawnp, "no such program")
