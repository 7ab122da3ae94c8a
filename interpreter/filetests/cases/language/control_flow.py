# test: run
# if, while, for with else, break, continue, nested, pass.
def search(items, wanted):
    for index, item in enumerate(items):
        if item == wanted:
            result = f"found at {index}"
            break
    else:
        result = "not found"
    return result
print(search("abc", "b"), search("abc", "z"), search("", "z"))
n = 0
while n < 10:
    n += 1
    if n % 2:
        continue
    if n > 7:
        break
    print(n, end=" ")
else:
    print("never")
print(n)
while n:
    n -= 3
    if n < 0:
        n = 0
else:
    print("while else", n)
for i in range(3):
    for j in range(3):
        if j == 2:
            break
        if i == 1:
            continue
        print(i, j, end="; ")
    else:
        print("inner complete")
    if i == 2:
        break
else:
    print("outer complete")
print()
def grade(score):
    if score >= 90:
        return "A"
    elif score >= 80:
        return "B"
    elif score >= 70: return "C"
    else:
        return "F"
print([grade(s) for s in (95, 85, 75, 5)])
def nested(limit):
    out = []
    for a in range(limit):
        while True:
            if a % 3 == 0:
                break
            out.append(a)
            if a % 2:
                break
            a += 1
        else:
            out.append("else")
    return out
print(nested(8))
if 0: print("no")
elif "": print("no")
else: print("yes"); print("both")
for x in (): pass
else: print("empty for else")
i = 10
for i in range(2): pass
print(i)
total = 0
for k, (x, y) in {"a": (1, 2), "b": (3, 4)}.items():
    total += x * y
print(total, k)
def early():
    for i in range(5):
        for j in range(5):
            if i * j == 6:
                return i, j
print(early(), [early() for _ in range(2)])
for letter in "abc":
    if letter == "b": continue
    print(letter, end="")
print(end="\n")
n = 100
while True:
    n -= 7
    if n < 50: break
print(n)
