"""Changes to a problem: change, scenario, and one module for each kind of change."""
