# test: run
# Loops with many branches, taken at different rates: every path must compute the same.
def branches(n):
    s = 0
    for i in range(n):
        if i % 2 == 0: s += 1
        if i % 3 == 0: s += 2
        if i % 5 == 0: s ^= 3
        if i % 7 == 0: s -= 4
        if i % 11 == 0: s *= 2
        if i % 13 == 0: s //= 2
        if i % 17 == 0: s |= 5
        if i % 19 == 0: s = -s
        if i % 23 == 0: s %= 10007
    return s
print([branches(n) for n in (1, 10, 100, 1000, 5000)])
def state_machine(text):
    state, out, depth = "start", [], 0
    for c in text:
        if state == "start":
            if c.isdigit():
                state, number = "number", c
            elif c.isalpha():
                state, number = "word", c
            elif c == "(":
                depth += 1
            elif c == ")":
                depth -= 1
        elif state == "number":
            if c.isdigit():
                number += c
            else:
                out.append(int(number))
                state = "start"
        elif state == "word":
            if c.isalnum():
                number += c
            else:
                out.append(number)
                state = "start"
    return out[:8], len(out), depth
print(state_machine("(abc 12 x9 (7 8) foo 100 " * 60))
def interpreter(program, n):
    pc = acc = steps = 0
    regs = [n, 0, 0, 0]
    while pc < len(program):
        op, a, b = program[pc]
        steps += 1
        pc += 1
        if op == "set": regs[a] = b
        elif op == "add": regs[a] += regs[b]
        elif op == "sub": regs[a] -= b
        elif op == "mul": regs[a] = regs[a] * regs[b] % 1000003
        elif op == "jnz":
            if regs[a]: pc = b
        elif op == "mod":
            if regs[a] % b == 0: pc += 1
        else: acc += 1
    return regs, steps, acc
print(interpreter([("set", 1, 1), ("set", 2, 3), ("mul", 1, 2), ("mod", 0, 3), ("add", 2, 1), ("nop", 0, 0), ("sub", 0, 1), ("jnz", 0, 2)], 500))
def nested_conditions(n):
    counts = {}
    for i in range(n):
        a, b = i % 4, i % 6
        key = "x" if a < b else "y" if a > b else "z"
        if key == "x" and (i & 8 or not b % 2):
            key += "1" if i % 10 < 5 else "2"
        elif key == "y" or a == 3 and b == 3:
            key += "!"
        counts[key] = counts.get(key, 0) + 1
    return sorted(counts.items())
print(nested_conditions(3000))
def flip(n, at):
    x = 0
    for i in range(n):
        if i < at:
            x += 1
        else:
            x += 1000
            if i == at + 50:
                x = float(x)
    return x
print([flip(1500, at) for at in (0, 10, 1000, 1499, 2000)])
def continue_break(n):
    out = 0
    i = 0
    while True:
        i += 1
        if i % 3 == 0: continue
        if i % 100 == 99: out += 1000
        for j in range(i % 7):
            if j == 4: break
            out += j
        else:
            out += 1
        if i > n: break
    return out
print(continue_break(2000))
def gcd_table(n):
    def gcd(a, b):
        while b:
            a, b = b, a % b
        return a
    return sum(gcd(i, j) for i in range(1, n) for j in range(1, n))
print(gcd_table(40))
