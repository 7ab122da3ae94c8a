# test: run
"""Modules that several threads import: whoever comes second waits until a module is whole."""
import os
import sys
import tempfile
import threading
import time

folder = tempfile.mkdtemp()
sys.path.insert(0, folder)


def write(name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def run_all(*functions):
    threads = [threading.Thread(target=function) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# The body is run once, and nobody sees it half done.
write("slow.py", "import time\nruns = globals().get('runs', 0) + 1\ntime.sleep(0.05)\ndef double(x): return 2 * x\n")
results = []


def by_name():
    import slow
    results.append(slow.double(slow.runs))


def from_list():
    from slow import double
    results.append(double(2))


def by_function():
    results.append(__import__("slow").double(3))


run_all(by_name, from_list, by_function, by_name)
print(sorted(results), sys.modules["slow"].runs)

# A package and what lies in it.
write("pack/__init__.py", "import time\ntime.sleep(0.02)\nname = 'pack'\n")
write("pack/part.py", "import time\ntime.sleep(0.02)\nfrom . import name\nwhole = name + '.part'\n")
results = []


def part():
    from pack import part
    results.append(part.whole)


def dotted():
    import pack.part
    results.append(pack.part.whole)


run_all(part, dotted, part)
print(results)

# An import that fails leaves no module, and is tried by the next.
write("wrong.py", "import time\ntime.sleep(0.02)\nraise ValueError('wrong')\n")
results = []


def wrong():
    try:
        import wrong
    except ValueError as error:
        results.append(str(error))


run_all(wrong, wrong)
print(set(results), "wrong" in sys.modules)

# Two that want each other: one of them sees the other's module as far as it has got.
write("one.py", "import time\nbegun = True\ntime.sleep(0.05)\nimport two\nassert two.begun\ndone = 1\n")
write("two.py", "import time\nbegun = True\ntime.sleep(0.05)\nimport one\nassert one.begun\ndone = 2\n")
results = []


def one():
    import one
    results.append(one.done)


def two():
    import two
    results.append(two.done)


run_all(one, two)
print(sorted(results))

# A thread that the module itself starts and waits for, and that imports something else.
write("starts.py", """
import threading
found = []
def work():
    import slow
    found.append(slow.double(4))
thread = threading.Thread(target=work)
thread.start()
thread.join()
""")
import starts
print(starts.found)

# Imports of a loop that is compiled, while others do the same.
write("late.py", "import time\ntime.sleep(0.01)\nvalue = 1\n")
totals = []


def often():
    total = 0
    for _ in range(2000):
        import late
        total += late.value
    totals.append(total)


run_all(often, often, often)
print(totals)
for name, _, files in os.walk(folder, topdown=False):
    for file in files:
        os.remove(os.path.join(name, file))
    if not name.endswith("__pycache__") or not os.listdir(name):
        os.rmdir(name)
