"""Webhooks: what happens to plans is told to addresses that asked for it, signed, again and again until it arrives.

`outbox.announce` writes what is to be told in the transaction of what happened; the `Courier` of any service process sends it.
"""
