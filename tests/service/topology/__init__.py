"""Several processes on one PostgreSQL, as compose.yaml has them."""
