# test: run
# exit: 1
def total(prices):
    result = 0
    for price in prices:
        result = result + price * 2 + [1][0]
    return result


total([1, 2, None])
