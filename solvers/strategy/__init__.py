"""How a program is solved: in which stages, from which bases, by which backend."""
