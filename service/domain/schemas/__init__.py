"""What the use cases take and give, one file a resource; requests and responses carry these as JSON."""
