# test: run
# Processes are started by posix_spawn, with what is to be done first.
import os
import signal
import tempfile

def wait(process):
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])

def shell(text, **named):
    return wait(os.posix_spawn("/bin/sh", ["sh", "-c", text], {"A": "b"}, **named))

def show(function, *arguments, **named):
    try:
        print(function(*arguments, **named))
    except (TypeError, ValueError) as raised:
        print(type(raised).__name__, raised)

with tempfile.TemporaryDirectory() as top:
    path = os.path.join(top, "out")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    to_file = (os.POSIX_SPAWN_OPEN, 1, path, flags, 0o644)

    def told(text, *actions, **named):
        code = shell(text, file_actions=[to_file, *actions], **named)
        with open(path) as out:
            return code, out.read()

    print(told("echo $A; exit 3"))
    print(told("echo errors >&2", (os.POSIX_SPAWN_DUP2, 1, 2)))
    print(told("read x 2>/dev/null || echo nothing to read", (os.POSIX_SPAWN_CLOSE, 0)))
    read, write = os.pipe()
    print(shell("echo through >&7; exec 7>&-", file_actions=[(os.POSIX_SPAWN_DUP2, write, 7)]))
    print(os.read(read, 100))
    os.close(read)
    os.close(write)
    print(told("kill -TERM $$", setsigmask=[signal.SIGUSR1]))
    print(told("kill -USR1 $$; echo held back", setsigmask=[signal.SIGUSR1]))
    print(told("kill -USR1 $$; echo not here", setsigdef=[signal.SIGUSR1]))
    print(told("echo in a session", setsid=True))
    print(told("echo in a group", setpgroup=0, resetids=True))

show(os.posix_spawn, "/bin/sh", [], {})
show(os.posix_spawn, "/bin/sh", [""], {})
show(os.posix_spawn, "/bin/sh", "sh", {})
show(os.posix_spawn, "/bin/sh", ["sh"], {"a=b": "c"})
show(os.posix_spawn, "/bin/sh", ["sh"], {}, file_actions=[None])
show(os.posix_spawn, "/bin/sh", ["sh"], {}, file_actions=[()])
show(os.posix_spawn, "/bin/sh", ["sh"], {}, file_actions=[(9,)])
show(os.posix_spawn, "/bin/sh", ["sh"], {}, file_actions=[(os.POSIX_SPAWN_OPEN, 1)])
show(os.posix_spawn, "/bin/sh", ["sh"], {}, file_actions=[(os.POSIX_SPAWN_CLOSE,)])
show(os.posix_spawn, "/bin/sh", ["sh"], {}, file_actions=[(os.POSIX_SPAWN_DUP2, 1)])
show(os.posix_spawn, "/bin/sh", ["sh"], {}, setsigmask=[999])
