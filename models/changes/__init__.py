"""Changes to a problem and scenarios made of them."""
