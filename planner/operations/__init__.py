"""Running the program: its processes, its start, and what it says about its own health."""
