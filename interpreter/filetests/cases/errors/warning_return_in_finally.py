# test: run
def swallow():
    try:
        raise ValueError("lost")
    finally:
        return "from finally"


print(swallow())
