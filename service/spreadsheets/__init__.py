"""Excel workbooks and CSV files: readers and writers."""
