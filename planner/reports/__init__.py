"""Figures: what was planned, held and cancelled, who came, what was asked. No person in them."""
