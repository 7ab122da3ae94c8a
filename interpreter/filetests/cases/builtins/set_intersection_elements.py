# test: run
# Of equal elements an intersection has those of the smaller set; of sets of one size, the right one's.
print({1, 2, 3} & {9, 7, True}, {True, 7, 9} & {1, 2, 3})
print({1, 2} & {1.0, 5, 6}, {5, 6, 1.0} & {1, 2})
print(frozenset([1]) & {True}, {0.0}.intersection({0}))
