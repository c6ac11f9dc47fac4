"""Storage in SQLite or PostgreSQL: engine, schema, migrations and repositories."""
