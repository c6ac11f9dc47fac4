"""How programs are solved."""
