"""Public instances and generated prisons, run through the planner's own engine. Not part of the product."""
