"""Where memory was allocated is not known here, and figures that are not measured are none."""

raise ImportError("tracemalloc: this interpreter does not know where memory was allocated",
                  name="tracemalloc")
