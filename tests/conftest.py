"""What holds for every test."""

from hypothesis import settings

# The default suite gives the same answer every time; `pytest --hypothesis-profile=explore` looks
# for new failures.
settings.register_profile("steady", derandomize=True)
settings.register_profile("explore", derandomize=False)
settings.load_profile("steady")
