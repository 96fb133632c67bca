"""`make bench-load`: many signed-in people on the production set-up at once."""
