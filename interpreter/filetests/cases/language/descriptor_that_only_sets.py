# test: run
# A descriptor without __get__ does not hide what an object has itself, however often it is read.


class Setting:
    def __set__(self, instance, value):
        instance.__dict__["_adj"] = value


class Holder:
    _adj = Setting()


def read(holder):
    return holder._adj


holder = Holder()
holder._adj = 7
print(sum(read(holder) for _ in range(300)))
total = 0
for number in range(300):
    other = Holder.__new__(Holder)
    other.__dict__.update({"_adj": number})
    total += read(other) + other._adj
print(total)
print(type(read(Holder())).__name__, read(holder))
for holder in [Holder(), holder] * 100:
    if type(read(holder)) not in (int, Setting) or (type(read(holder)) is int) != ("_adj" in vars(holder)):
        print("wrong")
import pickle
kept = pickle.dumps(holder)
print({pickle.loads(kept)._adj for _ in range(200)})
