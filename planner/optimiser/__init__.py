"""The automatic planner's engine: dataclasses in, dataclasses out; no Django, no database."""
