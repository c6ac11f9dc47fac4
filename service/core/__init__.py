"""Settings, errors, identifiers, codecs and entity tags that every layer uses."""
