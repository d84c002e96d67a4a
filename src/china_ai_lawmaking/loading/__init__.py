"""What users read: the rows of a package as frames, records, views and citations."""
