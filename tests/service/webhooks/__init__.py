"""Webhooks: real receivers on this machine, both databases, processes killed in the middle."""
