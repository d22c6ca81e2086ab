"""Python imports this by itself when its folder is on PYTHONPATH: every process of the soak."""

from soak import clock

clock.start()
