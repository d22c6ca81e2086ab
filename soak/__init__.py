"""The simulated year: the real daemon and real crawls on a movable clock, against the replica."""
