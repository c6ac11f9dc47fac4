"""Plans: asked for, followed, cancelled, read."""
