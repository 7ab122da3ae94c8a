//! The value word, the heap and its collector, shapes, layouts of the builtin kinds.
