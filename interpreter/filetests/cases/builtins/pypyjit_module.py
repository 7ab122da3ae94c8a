# test: run
# configuration: jit
# set: --jit=default
# What programs find in module pypyjit; only a krait with the JIT has it.

import pypyjit


def work(rounds):
    total = 0
    for number in range(rounds):
        total += number & 7
    return total


before = pypyjit.get_stats_snapshot()
print(work(5000))
after = pypyjit.get_stats_snapshot()
grown = {name for name, count in after.counters.items() if count > before.counters[name]}
print(sorted(grown & {"TRACING", "BACKEND", "RECORDED_OPS", "TOTAL_COMPILED_LOOPS"}))
print(after.counters["TOTAL_COMPILED_LOOPS"] == after.total_compiled_loops > 0)
print(after.counter_times["TRACING"] > before.counter_times["TRACING"])
reserved, used = pypyjit.get_stats_asmmemmgr()
print(reserved >= used > 0)

changes = dict(pypyjit.get_stats_changes())
counted = pypyjit.get_stats_snapshot()
print({name: changes[name] for name in counted.counters} == counted.counters)
print(changes["TRACING seconds"] == counted.counter_times["TRACING"], changes["machine code bytes"] == used)
print(pypyjit.get_stats_changes())
print(work(6000))
pypyjit.set_param("threshold=2")
print(work(6001))
print(set(dict(pypyjit.get_stats_changes())) <= set(changes))
pypyjit.set_param("default")

print(pypyjit.defaults["threshold"], sorted(pypyjit.defaults) == sorted(pypyjit.PARAMETER_DOCS))
pypyjit.set_param("threshold=30,trace_eagerness=2")
pypyjit.set_param(threshold=10, function_threshold=20)
for wrong in ("treshold=1", "threshold=often", "fast"):
    try:
        pypyjit.set_param(wrong)
    except ValueError as error:
        print("ValueError:", error)
try:
    pypyjit.set_param(7)
except TypeError as error:
    print("TypeError:", error)
try:
    pypyjit.set_param(treshold=7)
except ValueError as error:
    print("ValueError:", str(error)[:28])
