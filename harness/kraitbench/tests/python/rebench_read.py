"""Reads a data file with ReBench's own reader and prints what it holds as JSON."""

import json
import sys

from rebench.persistence import DataStore
from rebench.ui import UI


class Options:
    """What the reader asks of a configuration."""

    use_rebench_db = False
    discard_old_data = False
    options = None


store = DataStore(UI())
reader = store.get(sys.argv[1], Options(), "benchmark")
reader.load_data([], False)
told = []
for run_id in store._run_ids.values():
    told.append(
        {
            "benchmark": run_id.benchmark.name,
            "suite": run_id.benchmark.suite.name,
            "executor": run_id.benchmark.suite.executor.name,
            "size": run_id.input_size,
            "samples": run_id.get_number_of_data_points(),
            "mean_ms": run_id.statistics.mean,
        }
    )
print(json.dumps(told))
