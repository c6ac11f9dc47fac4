"""The constraints of the linear program, one file each."""
