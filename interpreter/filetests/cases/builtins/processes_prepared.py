# test: run
# configuration: nojit jit
# target: x86_64
# Under an emulator the programs that it starts are not the target's.
"""Python code that runs in a process before it carries out a program; files that a program is started with."""
import os
import subprocess
import sys

program = "import os; print(os.getsid(0) == os.getpid() == os.getpgid(0))"
print(subprocess.run([sys.executable, "-c", program], preexec_fn=os.setsid, capture_output=True, text=True).stdout)
print(subprocess.run([sys.executable, "-c", program], start_new_session=True, capture_output=True, text=True).stdout)
print(subprocess.run(["pwd"], preexec_fn=lambda: os.chdir("/"), stdout=subprocess.PIPE).stdout)
try:
    subprocess.run(["true"], preexec_fn=lambda: 1 / 0)
except subprocess.SubprocessError as error:
    print(error)
try:
    subprocess.run(["/nonexistent/x"], preexec_fn=lambda: None)
except FileNotFoundError as error:
    print(error)
read, write = os.pipe()
program = f"import os; print(os.write({write}, b'through'), os.get_inheritable({write}))"
print(subprocess.run([sys.executable, "-c", program], pass_fds=[write], capture_output=True, text=True).stdout)
print(os.read(read, 10))
print(subprocess.run([sys.executable, "-c", "exit(4)"]).returncode)
print(subprocess.run([sys.executable, "-c", "import os; os.abort()"]).returncode)

# What a started program has: files that are passed to it, its mask.
r, w = os.pipe()
print(subprocess.run(["sh", "-c", f"echo passed > /proc/self/fd/{w}; umask"], pass_fds=[w], umask=0o27, capture_output=True, text=True).stdout)
print(os.read(r, 20))
os.set_inheritable(w, True)
for closes in (True, False):
    print(subprocess.run(["sh", "-c", f"echo open > /proc/self/fd/{w}"], close_fds=closes, stderr=subprocess.DEVNULL).returncode != 0)
print(os.read(r, 20))
