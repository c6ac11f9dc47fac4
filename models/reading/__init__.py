"""From text to models: decoding JSON, translating pydantic's complaints, and leaving out what cannot be read."""
