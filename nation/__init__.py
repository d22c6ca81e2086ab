"""A country's worth of invented offices, and what a day of watching them costs."""
