"""The moments at which the soak kills are still functions of the product."""

from __future__ import annotations

import importlib
from functools import reduce

import pytest

from soak.crash_points import CRASH_POINTS


@pytest.mark.parametrize("name", CRASH_POINTS)
def test_every_crash_point_names_a_function(name: str) -> None:
    point = CRASH_POINTS[name]
    module = importlib.import_module(point.module)
    assert callable(reduce(getattr, point.name.split("."), module))
