"""Questions on the command line: each answers, explains itself, and its remedies can be typed again."""

import json
import re
from pathlib import Path

import pytest

from models.changes.apply import apply_changes
from models.examples import two_counties, two_counties_raw
from service.cli.problem_sources import parse_changes
from tests.service.cli.test_cli import run
from tests.solvers.sensitivity.best_plans import most_short

SHORT = ("hyesan", "soap", "2002-01")
SOAP = ("--county", "hyesan", "--item", "soap", "--period", "2002-01")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The example as a file."""
    path = tmp_path / "two.json"
    path.write_text(json.dumps(two_counties_raw()), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "command",
    [
        "bottlenecks",
        "shadow-prices",
        "remedies",
        "equity",
        "curve",
        "grid",
        "compare",
        "what-if",
        "goals",
        "infeasibility",
    ],
)
def test_help_explains(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert len(result.output) > 700


def test_prices_are_told_in_words(file: Path) -> None:
    result = run("shadow-prices", file, "--with-ranges", "2")
    assert result.exit_code == 0, result.output
    assert "power hyesan" in result.output
    assert result.output.count("One more ") == 2


def test_a_remedy_typed_again_leaves_what_it_says(file: Path) -> None:
    answer = json.loads(run("remedies", file, *SOAP, "--target-share", "0", "--json").stdout)
    shown = run("remedies", file, *SOAP, "--target-share", "0")
    assert shown.exit_code == 0, shown.output
    texts = re.findall(r"^- (.*)$", shown.output, re.MULTILINE)
    assert len(texts) == len(answer["remedies"]) > 1
    for text, remedy in zip(texts, answer["remedies"], strict=True):
        assert text.startswith(f"The shortage of soap in hyesan in 2002-01 of {remedy['before']:,.6g} piece ends")
        lines = re.findall(r"--change (\S+)", shown.output.partition(text)[2].partition("\n- ")[0])
        assert len(lines) == len(remedy["changes"])
    tried = run("what-if", file, *(word for line in lines for word in ("--try", line)))
    assert tried.output.startswith("The shortage of soap in hyesan in 2002-01 changes from 8,529 to 0 piece.")
    for text, remedy in zip(texts, answer["remedies"], strict=True):
        lines = re.findall(r"--change (\S+)", shown.output.partition(text)[2].partition("\n- ")[0])
        changed = apply_changes(two_counties(), parse_changes(lines))
        assert most_short(changed, SHORT) <= remedy["after"] + 1e-3
    assert run("remedies", file, "--county", "x", "--item", "soap", "--period", "2002-01").exit_code == 2


def test_what_if_shows_each_step(file: Path) -> None:
    result = run("what-if", file, "-t", "power_limit@kapsan*0.5", "-t", "delivered@@2002-02=0.1")
    assert result.exit_code == 0, result.output
    assert "power_limit" in result.output
    assert "delivered" in result.output
    assert run("what-if", file, "-t", "power_limit@atlantis*2").exit_code == 1


def test_equity_tells_its_price(file: Path) -> None:
    shown = run("equity", file)
    assert shown.exit_code == 0, shown.output
    assert "Gini coefficient between counties: 0." in shown.output
    assert "Price of equity" not in shown.output
    assert re.search(r"Price of equity: [\d,]+ weighted won \(", run("equity", file, "--price").output)


def test_goals_and_diagnosis(file: Path) -> None:
    assert "no ordered goals" in run("goals", file).output
    assert run("infeasibility", file).exit_code == 0
    raw = two_counties_raw()
    raw["policy"]["goals"] = ["shortage", "cost"]
    file.write_text(json.dumps(raw), encoding="utf-8")
    assert "1 shortage" in run("goals", file).output
    result = run("infeasibility", file, "--change", "line_least@hyesan-daily/soap=10000000")
    assert result.exit_code == 1
    assert "These constraints conflict" in result.output
    assert "Least relaxation, verified by a solve" in result.output


@pytest.mark.parametrize(
    "words",
    [
        ("bottlenecks",),
        ("shadow-prices",),
        ("remedies", *SOAP),
        ("equity",),
        ("curve", "power_limit"),
        ("grid", "power_limit=1,0.5", "delivered=1,0.5"),
        ("what-if", "-t", "norms*1"),
        ("infeasibility",),
    ],
)
def test_answers_are_json_where_requested(file: Path, words: tuple[str, ...]) -> None:
    name, *rest = words
    result = run(name, file, *rest, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) if name != "infeasibility" else "no constraints conflict" in result.stdout


def test_from_a_limit_to_all_that_it_causes(file: Path) -> None:
    words = ("--group-by", "limit", "--rule", "power", "--limit", "hyesan", "--json")
    groups = json.loads(run("bottlenecks", file, *words, "--max-results", "3").stdout)["groups"]
    assert len(groups) == 3
    assert {(cause["rule"], cause["id"]) for group in groups for cause in group["binding_limits"]} == {
        ("power", "hyesan")
    }


def test_goods_have_prices_too(file: Path) -> None:
    assert "Shadow prices of goods" not in run("shadow-prices", file).output
    assert "Shadow prices of goods" in run("shadow-prices", file, "--max-goods", "2").output


def test_equity_names_counties_and_bands(file: Path) -> None:
    output = run("equity", file).output
    for words in ("hyesan", "kapsan", "priority 1", "range", "Band 1 (weight 4)"):
        assert words in output


def test_a_large_shortage_of_a_reserved_need_has_no_exponent(file: Path) -> None:
    output = run("what-if", file, "-t", "norms@soap*1000", "-t", "served_least@hyesan/soap=1000").output
    assert re.match(r"The shortage of soap in hyesan in 2002-01 changes from 8,529 to \d\d,\d{3},\d{3} piece\.", output)


def test_a_grid_shows_every_pair(file: Path) -> None:
    output = run("grid", file, "power_limit=1,0.5", "delivered=1,0.5").output
    assert len(re.findall(r"\d\d\.\d%", output)) == 4
    assert "no time for" not in output
    assert (
        "There was no time for 3 pairs"
        in run("grid", file, "power_limit=1,0.5", "delivered=1,0.5", "--time-limit", "0").output
    )
    for wrong in ("power_limit", "power_limit=much", "nothing=1"):
        assert run("grid", file, wrong, "delivered=1").exit_code == 2
    assert run("grid", file, "power_limit@atlantis=1", "delivered=1").exit_code == 1


def test_enough_remedies_are_enough(file: Path) -> None:
    output = run("remedies", file, *SOAP, "--max-results", "1").output
    assert len(re.findall(r"--change (?!served_least)", output)) == 1
    assert re.search(r"limits evaluated, [1-9]\d* not", output)


def test_a_briefing_tells_what_is_short_and_what_holds_most(file: Path) -> None:
    output = run("briefing", file).output
    assert "78.0% of the need is served; Kapsan is served least, 75.0%" in " ".join(output.split())
    assert re.search(r"notebook\s.*97,293 piece", output)
    assert re.search(r"power hyesan\s.*100%", output)
