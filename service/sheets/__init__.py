"""Workbooks: tables and plans out, provinces in and out; as xlsx, and provinces as CSV in a zip or a folder too."""
