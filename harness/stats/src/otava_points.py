"""Reads a history a line, prints the places of the change points that Apache Otava finds in it."""

import sys

from otava.analysis import compute_change_points

for line in sys.stdin:
    history = [float(word) for word in line.split()]
    found, _ = compute_change_points(history, window_len=50, max_pvalue=0.001, min_magnitude=0.0)
    print(*[point.index for point in found], flush=True)
