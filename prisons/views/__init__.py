"""Pages of the ground app: people and rights, records, and what belongs to the one who signed in."""
