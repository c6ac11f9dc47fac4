"""Every published case."""

from tests.published import kantorovich, production, transport, written_out

CASES = (*transport.CASES, *production.CASES, *kantorovich.CASES, *written_out.CASES)
