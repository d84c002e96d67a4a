"""Two versions of a package: what differs between them and which version step that calls for."""
