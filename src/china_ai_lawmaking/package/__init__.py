"""What a data package is: find it, open it safely, describe its tables, fetch it by hash."""
