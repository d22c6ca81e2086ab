"""`python -m soak.errand`: duties of the soak's daemon, which may die in the middle of them."""

from __future__ import annotations

from commands import errands
from soak.moments import Deadly

if __name__ == "__main__":
    Deadly(in_errand=True)
    errands.main()
