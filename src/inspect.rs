//! What the program understood of a file: the inspect record, and the same in words for a keeper.
