"""Every published case."""

from tests.published import diets, kantorovich, production, transport, written_out

CASES = (*transport.CASES, *production.CASES, *kantorovich.CASES, *diets.CASES, *written_out.CASES)
