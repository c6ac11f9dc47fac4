"""What is left open within some slack of the optimum: ranges of measures, and alternative plans."""
