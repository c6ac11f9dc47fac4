"""The figures of docs/explanation/substitutes.md are those that the crisis year gives, without and with substitutes."""

import pytest

from tests.data.substitution_effects import MEASURES, measure_effects, read_effects
from tests.ryanggang import solved_year


@pytest.mark.slow_lane
def test_the_page_tells_what_substitution_saves_in_the_crisis() -> None:
    plans = [solved_year("crisis", name=name) for name in ("ryanggang", "ryanggang_substitutes")]
    told, found = read_effects(), measure_effects(*plans)
    assert found.keys() == told.keys() == set(MEASURES)
    for name, figures in found.items():
        assert figures == pytest.approx(told[name], abs=MEASURES[name]), name
