"""The ways in which HiGHS solves, and the options that make each of them. Every way sets every option, so that none is left behind."""

from collections.abc import Mapping
from typing import Literal

Method = Literal["dual", "primal", "interior", "finished", "near", "steady"]
"""dual, primal: simplex as it comes. interior: interior point with crossover as it comes. finished: the same, but what crossover
leaves undone is finished by primal simplex. near, steady: dual simplex from the basis of nearly the same program."""

METHOD_NAMES: Mapping[Method, str] = {
    "dual": "dual simplex",
    "primal": "primal simplex",
    "interior": "interior point",
    "finished": "interior point",
    "near": "dual simplex",
    "steady": "dual simplex",
}
"""What a method is called beside the solver's name."""

_DEFAULT_OPTIONS: dict[str, str | int | float] = {
    "solver": "simplex",
    "simplex_strategy": 1,
    "simplex_dual_edge_weight_strategy": -1,
    "dual_simplex_cost_perturbation_multiplier": 1.0,
    "primal_simplex_bound_perturbation_multiplier": 1.0,
}
_UNPERTURBED = {"dual_simplex_cost_perturbation_multiplier": 0.0, "primal_simplex_bound_perturbation_multiplier": 0.0}
_PRIMAL, _DEVEX = 4, 1

METHOD_OPTIONS: Mapping[Method, Mapping[str, str | int | float]] = {
    "dual": _DEFAULT_OPTIONS,
    "primal": _DEFAULT_OPTIONS | {"simplex_strategy": _PRIMAL},
    "interior": _DEFAULT_OPTIONS | {"solver": "ipm", "run_crossover": "on"},
    # As it comes, a basis that crossover leaves a millionth from optimal is finished by dual simplex with perturbed costs, which
    # walks away from it and back: 10,471 iterations, 18 s, in the crisis year, where primal simplex needs 8 (decision 0017).
    "finished": _DEFAULT_OPTIONS | _UNPERTURBED | {"solver": "ipm", "run_crossover": "on", "simplex_strategy": _PRIMAL},
    # Exact steepest edge weights of a basis that is not of slacks cost 2 s in a year's program, Devex weights nothing.
    "near": _DEFAULT_OPTIONS | _UNPERTURBED | {"simplex_dual_edge_weight_strategy": _DEVEX},
    "steady": _DEFAULT_OPTIONS | _UNPERTURBED,
}
"""Options of HiGHS by method."""
