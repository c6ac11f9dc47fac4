"""The page at `/docs`: Swagger UI from this host, under a strict content-security policy."""
