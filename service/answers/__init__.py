"""Questions to finished plans: prices, reasons, remedies, comparisons, curves."""
