# test: run
# target: x86_64
"""What KRAITLOG=gc tells of the collector, and what is said of sections that do not exist."""
import re
import subprocess
import sys
import tempfile

PROGRAM = """
import gc
kept = [[n] for n in range(400000)]
for n in range(200000):
    [n]
gc.collect()
"""


def run(log):
    done = subprocess.run([sys.executable, "-c", PROGRAM], env={"KRAITLOG": log}, capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout == "", done
    return done.stderr


def figures(text):
    lines = [re.fullmatch(r"([a-z ]+):\s+(\d+)(?:\t(\d+\.\d{6}) s, the longest (\d+\.\d{6}) s)?", line) for line in text.splitlines()]
    assert all(lines), text
    return {line[1]: line for line in lines}


told = figures(run("gc:-"))
assert list(told) == ["minor collections", "full collections", "allocated bytes", "live bytes", "most live bytes"]
count = {name: int(line[2]) for name, line in told.items()}
assert count["minor collections"] >= 1 and count["full collections"] >= 1, count
assert count["minor collections"] + count["full collections"] >= 3, count
# Lists that no one keeps are not made by machine code.
assert count["allocated bytes"] > 100000 * 32 and count["live bytes"] <= count["most live bytes"], count
assert count["live bytes"] > 100000 * 32, count
for name in ("minor collections", "full collections"):
    line = told[name]
    if line[3] is not None:
        assert 0 < float(line[4]) <= float(line[3]), line[0]

with tempfile.NamedTemporaryFile("r") as file:
    assert run("gc:" + file.name) == ""
    assert figures(file.read()).keys() == told.keys()

refused = run("nonsense,gc:-").splitlines()
assert refused[0].startswith("krait: KRAITLOG: no section 'nonsense'; this build has gc"), refused[0]
assert figures("\n".join(refused[1:])).keys() == told.keys()
assert run("gc:/no/such/folder/file").startswith("krait: KRAITLOG: cannot write /no/such/folder/file: ")
print("fine")
# expect: fine
