"""The tables of a plan: filtered, sorted, paged, in the format asked for."""
