# test: run
# target: x86_64
# Under an emulator the programs that it starts are not the target's.
# What was written and not closed is in the file when the program has ended, whatever other
# objects' finalizers do before: they may collect when nothing but the interpreter knows the files.
import os
import subprocess
import sys
import tempfile

PROGRAM = """
import gc, sys

class Busy:
    def __del__(self):
        for _ in range(3):
            rubbish = [[i] for i in range(1000)]
            gc.collect()

def lose(path):
    busy = Busy()
    text = open(path, "w")
    text.write("written " * 3)

for path in sys.argv[1:]:
    lose(path)
"""
paths = [tempfile.mktemp() for _ in range(4)]
done = subprocess.run([sys.executable, "-c", PROGRAM, *paths], capture_output=True)
print(done.returncode, done.stderr)
for path in paths:
    with open(path) as file:
        print(file.read())
    os.remove(path)
