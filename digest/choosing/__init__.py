"""Which entries of an issue matter most, and why. Pure: no store, no clock, no model."""
