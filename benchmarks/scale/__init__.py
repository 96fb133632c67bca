"""Sets as large as a country or a century, and what every page costs on them (see docs/scale.md)."""
