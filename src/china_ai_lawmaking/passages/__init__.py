"""The evidence in the source texts: find a passage, check it, propose one, tell what no passage covers."""
