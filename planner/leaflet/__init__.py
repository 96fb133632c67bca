"""The programme on paper, per living unit: what there is this week or month, and how to ask for it."""
