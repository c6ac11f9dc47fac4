"""The tables of Ryanggang Province; a folder of data, made a package so that it is installed with Allot."""
