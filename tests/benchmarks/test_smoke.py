"""Every driver runs on a tiny subject, and synthetic provinces are as large as asked."""

import pytest

from benchmarks.__main__ import main, run
from benchmarks.drivers import DRIVERS
from benchmarks.subjects import SUBJECTS, synthetic


@pytest.mark.parametrize(
    "driver", ["validate", "build", "cold", "plan", "plain highs", "plain highs-ipm", "plain glop", "what-if"]
)
def test_a_driver_runs(driver: str) -> None:
    found = run("tiny", [driver], 1, 30.0)
    assert found[driver].wall > 0
    assert "error" not in found[driver].note


def test_the_command_prints_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--subject", "tiny", "--driver", "build", "--times", "1"]) == 0
    assert "| build |" in capsys.readouterr().out


def test_the_command_lists_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    assert {*SUBJECTS, *DRIVERS} <= set(capsys.readouterr().out.splitlines())


@pytest.mark.parametrize(("chain", "materials"), [(1, 2), (4, 8)])
def test_synthetic_provinces_are_as_asked(chain: int, materials: int) -> None:
    problem = synthetic(3, 20, 2, chain=chain)
    assert len(problem.counties) == 3
    assert sum(item.kind == "material" for item in problem.items) == materials
