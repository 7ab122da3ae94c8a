# test: run
# Examples in docstrings are run.
import doctest


def square(number):
    """
    >>> square(2)
    4
    >>> square("a")
    Traceback (most recent call last):
      ...
    TypeError: can't multiply sequence by non-int of type 'str'
    >>> print("a\\n\\nb")
    a
    <BLANKLINE>
    b
    >>> list(range(30))  # doctest: +ELLIPSIS
    [0, 1, ..., 29]
    >>> nothing  # doctest: +SKIP
    """
    return number * number


def wrong():
    """
    >>> 1 + 1
    3
    """


runner = doctest.DocTestRunner(verbose=True)
for function in (square, wrong):
    for test in doctest.DocTestFinder().find(function, globs={"square": square}):
        shown = []
        found = runner.run(test, out=shown.append)
        print("".join(shown).replace(test.filename, "library_doctest.py"))
        print(found.attempted, found.failed)
