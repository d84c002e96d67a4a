"""Changes to a checkout: rows that are added, corrected, renumbered and written in canonical form."""
