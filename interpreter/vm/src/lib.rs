//! Frames, the Machine trait, one semantic function per op.
