"""Looking at a problem: everything wrong or doubtful in it, without planning it."""
