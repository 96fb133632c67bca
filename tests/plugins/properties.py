"""How property tests run: no stopwatch (two cores are shared), and in CI the same examples each time."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "planner",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    derandomize=os.environ.get("CI") == "true",
    print_blob=True,
)
settings.load_profile("planner")
