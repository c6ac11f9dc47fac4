"""How each kind of change is made to a problem: what it selects, what it does to a number, and which part it rebuilds."""
