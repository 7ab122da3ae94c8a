# test: run
# Functions of os take numbers of open files for paths, and paths below folders that are open.
import os
import stat
import tempfile

def show(function, *arguments, **named):
    try:
        print(function.__name__, "->", function(*arguments, **named))
    except (OSError, TypeError, ValueError, NotImplementedError) as raised:
        text = raised.strerror if isinstance(raised, OSError) else raised
        print(function.__name__, "->", type(raised).__name__, text)

with tempfile.TemporaryDirectory() as top:
    there = os.path.join(top, "folder")
    os.mkdir(there)
    folder = os.open(there, os.O_RDONLY)
    # The name may change; what is open stays.
    os.rename(there, there := os.path.join(top, "moved"))
    file = os.open("file", os.O_RDWR | os.O_CREAT, 0o600, dir_fd=folder)
    os.write(file, b"contents")
    print(os.listdir(there), os.listdir(folder))
    os.mkdir("inner", dir_fd=folder)
    os.symlink("file", "link", dir_fd=folder)
    print(os.readlink("link", dir_fd=folder))
    print(sorted(os.listdir(folder)))
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda e: e.name):
            print(entry.name, entry.path, entry.is_dir(), entry.is_symlink(), entry.stat().st_size == 8)
    print(stat.S_ISLNK(os.stat("link", dir_fd=folder, follow_symlinks=False).st_mode))
    print(stat.S_ISREG(os.stat("link", dir_fd=folder).st_mode), stat.S_ISLNK(os.lstat("link", dir_fd=folder).st_mode))
    print(os.stat(file).st_size, os.stat("file", dir_fd=folder).st_size)
    os.chmod(file, 0o640)
    print(oct(os.stat(file).st_mode))
    os.chmod("file", 0o604, dir_fd=folder)
    print(oct(os.stat(file).st_mode))
    os.utime(file, (5, 6))
    print(os.stat("file", dir_fd=folder).st_mtime)
    os.utime("file", (7, 8), dir_fd=folder)
    print(os.stat(file).st_mtime)
    os.truncate(file, 3)
    print(os.stat(file).st_size)
    os.chown(file, -1, -1)
    os.chown("file", -1, -1, dir_fd=folder, follow_symlinks=False)
    os.link("file", "second", src_dir_fd=folder, dst_dir_fd=folder)
    os.rename("second", "third", src_dir_fd=folder, dst_dir_fd=folder)
    os.replace("third", "second", src_dir_fd=folder, dst_dir_fd=folder)
    print(os.access("second", os.R_OK, dir_fd=folder), os.access("none", os.R_OK, dir_fd=folder))
    print(os.statvfs(folder).f_bsize == os.statvfs(there).f_bsize == os.fstatvfs(folder).f_bsize)
    before = os.getcwd()
    os.chdir(folder)
    print(os.path.realpath(there) == os.path.realpath(os.getcwd()))
    os.chdir(before)
    for top_of, folders, files, number in os.fwalk(".", dir_fd=folder):
        print(top_of, sorted(folders), sorted(files), os.fstat(number).st_ino == os.stat(number).st_ino)
    show(os.stat, file, dir_fd=folder)
    show(os.stat, file, follow_symlinks=False)
    show(os.stat, "none", dir_fd=folder)
    show(os.stat, "", dir_fd=folder)
    show(os.stat, "file", dir_fd=12345)
    show(os.stat, "file", dir_fd="x")
    show(os.stat, 1.5)
    show(os.stat, "inner", dir_fd=file)
    show(os.listdir, file)
    show(os.listdir, 12345)
    show(os.scandir, 12345)
    show(os.chdir, file)
    show(os.utime, file, follow_symlinks=False)
    show(os.open, "file/deeper", os.O_RDONLY, dir_fd=folder)
    show(os.unlink, "inner", dir_fd=folder)
    show(os.rmdir, "file", dir_fd=folder)
    print(os.path.isabs(there), os.stat(there, dir_fd=file).st_ino == os.fstat(folder).st_ino)
    os.unlink("second", dir_fd=folder)
    os.remove("link", dir_fd=folder)
    os.rmdir("inner", dir_fd=folder)
    print(os.listdir(folder))
    os.close(folder)
    os.close(file)

for asked in os.stat, os.chdir, os.chmod, os.listdir, os.scandir, os.utime, os.truncate, os.statvfs:
    print(asked in os.supports_fd, end=" ")
for asked in os.open, os.stat, os.mkdir, os.rmdir, os.unlink, os.rename, os.link, os.access, os.readlink:
    print(asked in os.supports_dir_fd, end=" ")
print(os.stat in os.supports_follow_symlinks)
