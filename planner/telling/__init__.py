"""Nobody stands before a locked door: who is told of a change, how, and who has not read it."""
