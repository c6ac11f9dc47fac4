"""What all nouns of the service share: bodies, headers, middleware, metrics, logs, the OpenAPI document."""
