# test: run
# target: x86_64
# What cannot be the words or the variables of a program is refused before the program takes this one's place.
import os
import shutil
import subprocess
import tempfile

for variables in ({"a\0b": "c"}, {"a": "b\0"}, {"a=b": "c"}, {"": "c"}):
    try:
        os.execve("/bin/true", ["true"], variables)
    except ValueError as error:
        print(error)
for variables in ({"a\0b": "c"}, {"a": "b\0"}):
    try:
        subprocess.run(["/bin/true"], env=variables)
    except ValueError as error:
        print(error)
for action in (
    lambda: os.execv("/bin/true", ["tr\0ue"]),
    lambda: os.execv("/bin/true", []),
    lambda: os.execv("/bin/true", [""]),
    lambda: os.execve("/bin/true", [], {}),
    lambda: os.execve("/bin/true", [""], {}),
    lambda: subprocess.run(["/bin/true", "a\0"]),
):
    try:
        action()
    except ValueError as error:
        print(error)
# Links are copied as links, with their times.
with tempfile.TemporaryDirectory() as folder:
    link, other = os.path.join(folder, "link"), os.path.join(folder, "other")
    os.symlink("nowhere", link)
    os.utime(link, (5, 6), follow_symlinks=False)
    shutil.copy2(link, other, follow_symlinks=False)
    print(os.readlink(other), os.lstat(other).st_mtime)
print({"chown", "stat", "utime"} <= {f.__name__ for f in os.supports_follow_symlinks}, os.truncate in os.supports_fd)
