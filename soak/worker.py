"""`python -m soak.worker`: job of the soak's daemon, which may die in the middle of them."""

from __future__ import annotations

from app import workers
from soak.crash_points import Deadly

if __name__ == "__main__":
    Deadly(in_worker=True)
    workers.main()
