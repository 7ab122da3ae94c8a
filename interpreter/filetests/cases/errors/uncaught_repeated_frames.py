# test: run
# exit: 1
def down(n):
    if n:
        return down(n - 1)
    return undefined_here


down(20)
