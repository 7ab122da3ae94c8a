# test: run
"""A bridge that has handled an exception goes on in a loop that reads what is being handled."""


class Oops(Exception):
    pass


def kind(error):
    return "Lookup" if isinstance(error, LookupError) else type(error).__name__


def run(turns):
    chain = []
    for turn in range(turns):
        try:
            try:
                raise Oops(turn)
            except Oops as first:
                if turn % 4 == 0:
                    raise
                {}[turn]
        except Exception as last:
            chain.append((kind(last), kind(last.__context__) if last.__context__ else None))

    def keeps():
        return last

    return chain


for turns in (7, 22, 1000):
    chain = run(turns)
    print(sorted(set(chain[0::4]), key=str), sorted(set(chain[1::4] + chain[2::4] + chain[3::4]), key=str))
