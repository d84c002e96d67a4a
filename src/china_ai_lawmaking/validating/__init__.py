"""What is checked: files, cells, keys and references, then the rules, and how problems are told."""
