"""Ryanggang with substitutes and recipes: what differs from the tables of Ryanggang Province; a package so that it is installed."""
