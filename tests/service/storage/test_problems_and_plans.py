"""Problems by digest; plans with tables in the database and beside it."""

import numpy as np
import pyarrow as pa
import pytest

from service.core.codecs import EncodedTable, PlanOutcome, encode_basis, encode_table
from service.storage.errors import RecordNotFoundError
from service.storage.object_store import BucketObjectStore, FolderObjectStore
from service.storage.repositories.jobs import JobQueue
from service.storage.repositories.problems import StoredProblem
from service.storage.store import Store
from solvers.lp.solution import Basis
from tests.service.conftest import SettingsFactory
from tests.service.helpers import finish_next, request, small, some_outcome


def test_equal_problems_have_one_digest_whatever_the_order_of_keys() -> None:
    raw = small().model_dump(mode="json")
    reordered = type(small()).model_validate({key: raw[key] for key in reversed(raw)})
    assert StoredProblem.from_problem(reordered).digest == StoredProblem.from_problem(small()).digest
    assert StoredProblem.from_problem(small("other")).digest != StoredProblem.from_problem(small()).digest


def test_a_problem_comes_back_as_it_went_in(store: Store) -> None:
    with store.write_transaction() as stored:
        digest = stored.problems.put_problem(small())
        assert stored.problems.put_problem(small()) == digest
    with store.read_transaction() as stored:
        assert stored.problems.get_problem(digest) == small()
        with pytest.raises(RecordNotFoundError, match="problem"):
            stored.problems.get_problem("0" * 64)


@pytest.mark.parametrize("max_inline", [0, 1_000_000], ids=["beside the database", "in the database"])
def test_tables_and_basis_come_back(make_settings: SettingsFactory, max_inline: int) -> None:
    settings = make_settings(max_inline_table_bytes=max_inline)
    store = Store.open_store(settings)
    queue = JobQueue(store, settings)
    quotas = pa.table({"factory": ["a", "b"], "quantity": [1.5, 2.5]})
    basis = Basis(np.array([0, 1, 2], np.int8), np.array([1, 4], np.int8))
    plan = queue.submit_plan(request()).plan.id
    claim = queue.claim_next_job("me")
    assert claim is not None
    result = PlanOutcome(some_outcome().head, {"quotas": encode_table(quotas)}, encode_basis(basis))
    assert queue.store_outcome(claim, result)
    with store.read_transaction() as stored:
        record = stored.plans.get_plan(plan)
        assert (record.state, record.outcome, record.head) == ("finished", "optimal", result.head)
        (info,) = stored.plans.list_tables(plan)
        assert (info.name, info.rows, info.digest) == ("quotas", 2, result.tables["quotas"].digest)
        assert stored.plans.read_table(plan, "quotas").equals(quotas)
        back = stored.plans.read_basis(plan)
        assert back is not None
        assert (back.columns.tolist(), back.rows.tolist()) == ([0, 1, 2], [1, 4])
        with pytest.raises(RecordNotFoundError, match="table"):
            stored.plans.read_parquet(plan, "swaps")
    assert (settings.data_dir / "objects").exists() == (max_inline == 0)
    store.close()


def test_nothing_of_a_plan_is_seen_when_its_transaction_fails(store: Store) -> None:
    def accept_and_fail() -> None:
        with store.write_transaction() as stored:
            stored.problems.put_problem(small())
            stored.audit.append_entry("me", "plan accepted", "x")
            raise InterruptedError

    with pytest.raises(InterruptedError):
        accept_and_fail()
    with store.read_transaction() as stored:
        assert stored.audit.list_entries() == ()
        with pytest.raises(RecordNotFoundError):
            stored.problems.get_problem(StoredProblem.from_problem(small()).digest)


def test_plans_are_listed_newest_first_and_paged(store: Store, make_settings: SettingsFactory) -> None:
    queue = JobQueue(store, make_settings())
    ids = [queue.submit_plan(request(f"n{k}", caller="ab"[k % 2])).plan.id for k in range(5)]
    assert ids == sorted(ids)
    finish_next(queue)
    with store.read_transaction() as stored:
        first = stored.plans.list_plans(limit=3)
        rest = stored.plans.list_plans(limit=3, before=first[-1].id)
        assert [plan.id for plan in first + rest] == ids[::-1]
        assert [plan.id for plan in stored.plans.list_plans(caller="b")] == [ids[3], ids[1]]
        assert [plan.id for plan in stored.plans.list_plans(states=["finished"])] == ids[:1]


def test_objects_in_a_folder_and_in_a_bucket(tmp_path_factory: pytest.TempPathFactory) -> None:
    for objects in (FolderObjectStore(tmp_path_factory.mktemp("objects")), BucketObjectStore("memory:///")):
        objects.put_object("tables/ab/x", b"one")
        objects.put_object("tables/ab/x", b"two")
        assert objects.get_object("tables/ab/x") == b"two"
        with pytest.raises(RecordNotFoundError):
            objects.get_object("tables/ab/y")


def test_the_digest_of_a_table_is_that_of_its_bytes() -> None:
    assert EncodedTable(0, b"").digest.startswith("e3b0c44298fc1c14")
