# test: run
# target: x86_64
# What lies on the native stack by chance differs from one target's frames to another's.
"""What gc.collect finds in a function that is recorded while it calls it: nothing of the ops before lives on."""
import gc


def lost():
    seen = []

    class Told:
        def __del__(self):
            seen.append("gone")

    told = Told()
    del told
    gc.collect()
    return seen


for _ in range(6):
    print(lost())
