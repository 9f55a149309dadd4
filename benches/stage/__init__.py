"""The stage of `make bench`: it starts the servers, puts the load on them, measures, and prints the table."""
