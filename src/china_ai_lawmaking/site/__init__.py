"""Static pages of a package: what a reader opens to look, search, follow and cite."""
