"""How Belgium writes dates and times, in each language of the interface."""
