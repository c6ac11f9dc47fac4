"""Solution algorithms: how a linear program is solved, in which stages and from which basis."""
