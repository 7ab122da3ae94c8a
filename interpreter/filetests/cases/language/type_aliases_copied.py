# test: run
# An alias is pickled and copied by its name.
import copy
import pickle

type Plain = int
type Generic[T] = list[T]
for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
    print([pickle.loads(pickle.dumps(value, protocol)) == value for value in (Plain, Generic, Generic[int])])
print(copy.copy(Plain) is Plain, copy.deepcopy(Generic) is Generic, copy.deepcopy([Plain])[0] is Plain)
