"""Linear programs as arrays, their solutions, certificates and text formats."""
