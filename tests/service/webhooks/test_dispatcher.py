"""Messages arrive: signed, again and again, whoever dies, and without holding each other up."""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import update
from standardwebhooks import Webhook, WebhookVerificationError

from service.auth.principals import ANONYMOUS_PRINCIPAL, Principal
from service.core.settings import Settings
from service.domain.schemas.webhooks import DeliveryView, WebhookBody, WebhookWithSecret
from service.domain.webhooks import WebhookService
from service.storage.analysis_requests import AnalysisRequest
from service.storage.repositories.analysis_queue import AnalysisQueue
from service.storage.repositories.deliveries import DeliveryLimits, lease_due_deliveries
from service.storage.repositories.jobs import JobQueue
from service.storage.repositories.outbox import enqueue_event
from service.storage.schema import deliveries
from service.storage.store import Store
from service.workers.background import FailureLog
from service.workers.webhook_dispatcher import WebhookDispatcher
from tests.service.conftest import MOSTLY_SQLITE, SettingsFactory
from tests.service.helpers import finish_next, request, until
from tests.service.webhooks.receiver import Receiver, receiving
from tests.service.workers.serving import write_environment


@pytest.fixture
def settings(make_settings: SettingsFactory) -> Settings:
    """A service that may send to this machine, and soon sends again."""
    return make_settings(
        webhook_private_addresses=True, webhook_retry_seconds=0.02, webhook_timeout_seconds=5.0, poll_seconds=0.02
    )


@pytest.fixture
def hooks(store: Store, settings: Settings) -> WebhookService:
    return WebhookService(store, settings)


@pytest.fixture
def queue(store: Store, settings: Settings) -> JobQueue:
    return JobQueue(store, settings)


@contextmanager
def sending(store: Store, settings: Settings) -> Iterator[None]:
    dispatcher = WebhookDispatcher(store, settings, FailureLog())
    try:
        yield
    finally:
        dispatcher.stop()


def made(
    hooks: WebhookService, receiver: Receiver, principal: Principal = ANONYMOUS_PRINCIPAL, **requested: object
) -> WebhookWithSecret:
    return hooks.create_webhook(WebhookBody.model_validate({"url": receiver.url, **requested}), principal)


def sent(hooks: WebhookService, hook: WebhookWithSecret) -> tuple[DeliveryView, ...]:
    return hooks.list_deliveries(hook.id, ANONYMOUS_PRINCIPAL, None, 500).deliveries


def finished_plan(queue: JobQueue, name: str = "small") -> str:
    queue.submit_plan(request(name))
    return finish_next(queue)


@MOSTLY_SQLITE
def test_a_message_waits_no_longer_than_it_can_where_the_clock_was_set_back(
    store: Store, settings: Settings, hooks: WebhookService, queue: JobQueue
) -> None:
    with receiving() as receiver:
        hook = made(hooks, receiver)
        finished_plan(queue)
        with store.write_transaction() as stored:
            ahead = stored.read_clock() + 86_400.0
            leased = {"due": ahead, "lease": ahead, "owner": "dead"}
            stored.connection.execute(update(deliveries).values(**leased))
        with sending(store, settings):
            until(lambda: [one.state for one in sent(hooks, hook)] == ["delivered"])


def test_the_end_of_an_analysis_is_told_once_with_what_became_of_it(
    store: Store, settings: Settings, hooks: WebhookService, queue: JobQueue
) -> None:
    analyses, plan = AnalysisQueue(store, settings), finished_plan(queue)

    def submit(caller: str) -> str:
        return analyses.submit_analysis(AnalysisRequest("study", plan, "{}", caller=caller)).analysis.id

    with receiving() as receiver:
        hook = made(hooks, receiver, events=["analysis.finished", "analysis.cancelled"])
        failed = submit("local")
        analyses.start_waiting()
        claim = analyses.claim_next_task("me")
        assert claim is not None
        assert analyses.store_failure(claim, "no draw has a plan")
        cancelled, of_another = submit("local"), submit("another")
        for name in (cancelled, of_another):
            analyses.cancel_analysis(name, "local")
        assert sorted(one.event for one in sent(hooks, hook)) == ["analysis.cancelled", "analysis.finished"]
        with sending(store, settings):
            until(lambda: {one.state for one in sent(hooks, hook)} == {"delivered"})
    assert {one.plan for one in sent(hooks, hook)} == {plan}
    told = {one["data"]["analysis"]: one["data"] | {"type": one["type"]} for one in receiver.told}
    assert set(told) == {failed, cancelled}
    first = told[failed]
    assert (first["type"], first["kind"], first["href"]) == ("analysis.finished", "study", f"/v1/studies/{failed}")
    assert (first["state"], first["reason"], first["base_plan"]) == ("failed", "no draw has a plan", plan)
    assert (told[cancelled]["type"], told[cancelled]["state"]) == ("analysis.cancelled", "cancelled")


def test_the_end_of_a_plan_is_told_once_with_a_signature_that_others_can_check(
    store: Store, settings: Settings, hooks: WebhookService, queue: JobQueue
) -> None:
    with receiving() as receiver:
        hook = made(hooks, receiver)
        plan = finished_plan(queue)
        with sending(store, settings):
            until(lambda: [one.state for one in sent(hooks, hook)] == ["delivered"])
    delivery = sent(hooks, hook)[0]
    assert (delivery.event, delivery.plan, delivery.attempts, delivery.status) == ("plan.finished", plan, 1, 200)
    assert receiver.messages == [delivery.id]
    told = Webhook(hook.secret).verify(receiver.bodies[0], receiver.heads[0])
    assert told["type"] == "plan.finished"
    assert told["data"]["plan"] == plan
    assert told["data"]["outcome"] == "optimal"
    with pytest.raises(WebhookVerificationError):
        Webhook(hook.secret).verify(receiver.bodies[0] + b" ", receiver.heads[0])


@MOSTLY_SQLITE
def test_only_what_was_requested_for_is_told(
    store: Store, settings: Settings, hooks: WebhookService, queue: JobQueue
) -> None:
    with receiving() as receiver:
        cancelled = made(hooks, receiver, events=["plan.cancelled"])
        elsewhere = made(hooks, receiver, province="elsewhere")
        here = made(hooks, receiver, province="here")
        other = made(hooks, receiver, Principal("somebody else", ANONYMOUS_PRINCIPAL.grants))
        finished_plan(queue)
        gone = queue.submit_plan(request("gone", source={"province": "here", "changes": [{"what": "labour"}]})).plan.id
        queue.cancel_plan(gone, "local")
        with sending(store, settings):
            until(lambda: len(receiver.told) == 2)
    assert [one.plan for one in sent(hooks, cancelled)] == [one.plan for one in sent(hooks, here)] == [gone]
    assert sent(hooks, elsewhere) == sent(hooks, other) == ()
    assert receiver.told[0]["data"]["source"] == {"province": "here"}


@MOSTLY_SQLITE
def test_a_message_is_sent_until_it_arrives_always_the_same(
    store: Store, settings: Settings, hooks: WebhookService, queue: JobQueue
) -> None:
    with receiving(statuses=[500, 302, 429]) as receiver, sending(store, settings):
        hook = made(hooks, receiver)
        finished_plan(queue)
        until(lambda: sent(hooks, hook)[0].state == "delivered")
    assert sent(hooks, hook)[0].attempts == 4
    assert len(set(receiver.messages)) == len(set(receiver.bodies)) == 1
    assert len(receiver.messages) == 4


def test_a_message_that_never_arrives_is_dead_and_can_be_sent_again(
    store: Store, make_settings: SettingsFactory, settings: Settings, hooks: WebhookService, queue: JobQueue
) -> None:
    settings = settings.model_copy(update={"webhook_max_attempts": 3})
    with receiving(status=503) as receiver, sending(store, settings):
        hook = made(hooks, receiver)
        finished_plan(queue)
        until(lambda: sent(hooks, hook)[0].state == "dead")
        dead = sent(hooks, hook)[0]
        assert (dead.attempts, dead.status, dead.error, dead.due) == (3, 503, "the answer was 503", None)
        receiver.status = 204
        assert hooks.resend_delivery(hook.id, dead.id, ANONYMOUS_PRINCIPAL).state == "waiting"
        until(lambda: sent(hooks, hook)[0].state == "delivered")
    assert len(receiver.messages) == 4


@MOSTLY_SQLITE
def test_a_receiver_that_wants_no_more_gets_no_more(
    store: Store, settings: Settings, hooks: WebhookService, queue: JobQueue
) -> None:
    with receiving(status=410) as receiver, sending(store, settings):
        hook = made(hooks, receiver)
        finished_plan(queue)
        until(lambda: sent(hooks, hook)[0].state == "dead")
    assert len(receiver.messages) == 1


@MOSTLY_SQLITE
def test_one_that_does_not_answer_holds_up_no_other(
    store: Store, settings: Settings, hooks: WebhookService, queue: JobQueue
) -> None:
    with receiving(hold=threading.Event()) as silent, receiving() as receiver:
        mute, hook = made(hooks, silent), made(hooks, receiver)
        for number in range(6):
            finished_plan(queue, f"n{number}")
        with sending(store, settings):
            until(lambda: [one.state for one in sent(hooks, hook)] == ["delivered"] * 6)
            assert len(silent.messages) == 2
            assert {one.state for one in sent(hooks, mute)} == {"waiting"}
            assert silent.hold is not None
            silent.hold.set()
            until(lambda: {one.state for one in sent(hooks, mute)} == {"delivered"})


def test_callers_have_turns_and_one_of_them_half_of_the_senders(
    store: Store, hooks: WebhookService, queue: JobQueue
) -> None:
    greedy, other = (Principal(name, ANONYMOUS_PRINCIPAL.grants) for name in ("greedy", "other"))
    with receiving() as receiver:
        for _ in range(5):
            made(hooks, receiver, greedy, province="here")
        late = made(hooks, receiver, other, province="here")
        plan = queue.submit_plan(request("here", source={"province": "here"})).plan.id
        with store.write_transaction() as stored:
            enqueue_event(stored, "plan.ratified", plan, {})
        limits = DeliveryLimits(lease_seconds=60.0, longest_wait_seconds=60.0, most_per_caller=2)
        first = lease_due_deliveries(store, "process", 4, limits)
        assert Counter(one.caller for one in first) == {"greedy": 2, "other": 1}
        assert lease_due_deliveries(store, "process", 4, limits) == ()
        with store.write_transaction() as stored:
            enqueue_event(stored, "plan.ratified", plan, {})
        (second,) = lease_due_deliveries(store, "process", 1, limits)
        assert second.caller == "other"
        assert {one.id for one in sent(hooks, late)} >= {second.id}


def test_several_processes_share_the_work(
    store: Store, settings: Settings, hooks: WebhookService, queue: JobQueue
) -> None:
    with receiving() as receiver:
        hook = made(hooks, receiver)
        plan = finished_plan(queue)
        with store.write_transaction() as stored:
            for _ in range(40):
                enqueue_event(stored, "plan.ratified", plan, {})
        with sending(store, settings), sending(store, settings), sending(store, settings):
            until(lambda: {one.state for one in sent(hooks, hook)} == {"delivered"})
    assert len(receiver.messages) == len(set(receiver.messages)) == 41


@MOSTLY_SQLITE
def test_what_is_undone_is_not_told(store: Store, hooks: WebhookService, queue: JobQueue) -> None:
    def announce_and_fail() -> None:
        with store.write_transaction() as stored:
            assert enqueue_event(stored, "plan.ratified", plan, {}) == 1
            raise LookupError

    with receiving() as receiver:
        plan = queue.submit_plan(request()).plan.id
        hook = made(hooks, receiver)
        with pytest.raises(LookupError):
            announce_and_fail()
    assert sent(hooks, hook) == ()


@MOSTLY_SQLITE
def test_a_message_in_the_hands_of_a_killed_process_is_sent_by_the_next(
    store: Store, settings: Settings, hooks: WebhookService, queue: JobQueue
) -> None:
    settings = settings.model_copy(update={"lease_seconds": 0.2, "webhook_timeout_seconds": 1.0})
    with receiving(hold=threading.Event()) as receiver:
        hook = made(hooks, receiver)
        finished_plan(queue)
        first = dispatcher_process(settings)
        until(lambda: receiver.messages)
        first.kill()
        first.wait()
        assert sent(hooks, hook)[0].state == "waiting"
        receiver.hold = None
        second = dispatcher_process(settings)
        until(lambda: sent(hooks, hook)[0].state == "delivered")
        second.send_signal(signal.SIGTERM)
        assert second.wait(20) == 0
    assert len(receiver.messages) == 2
    assert len(set(receiver.messages)) == 1


def dispatcher_process(settings: Settings) -> "subprocess.Popen[bytes]":
    """A process that only sends."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.service.webhooks.sending"],
        cwd=Path(__file__).parents[3],
        env={**os.environ, **write_environment(settings)},
    )
