"""Titles and tags of plans: each change in one transaction with its audit entry."""

from service.core.etags import require_current_etag
from service.domain.schemas.plan_titles import TitleBody, TitleView
from service.storage.engine import acquire_lock
from service.storage.repositories.plan_titles import TitleRecord, read_title, store_title
from service.storage.store import Store


class PlanTitleService:
    """The titles and tags of one service's plans. Raises RecordNotFoundError for unknown plans."""

    def __init__(self, store: Store) -> None:
        """Use a store."""
        self._store = store

    def read_title(self, plan: str) -> TitleView:
        """Read title and tags of a plan."""
        with self._store.read_transaction() as transaction:
            transaction.plans.read_ownership(plan)
            return _to_view(plan, read_title(transaction.connection, plan))

    def set_title(self, plan: str, body: TitleBody, caller: str, if_match: str | None) -> TitleView:
        """Set title and tags of a plan; PreconditionFailedError if `If-Match` names another version.

        What is equal to the present title and tags changes nothing.
        """
        with self._store.write_transaction() as transaction:
            province, _ = transaction.plans.read_ownership(plan, lock_row=True)
            acquire_lock(transaction.connection, f"title {plan}")
            before = read_title(transaction.connection, plan)
            require_current_etag(if_match, str(before.version))
            tags = tuple(dict.fromkeys(body.tags))
            if (body.title, tags) == (before.title, before.tags):
                return _to_view(plan, before)
            after = TitleRecord(body.title, tags, before.version + 1)
            store_title(transaction.connection, plan, after)
            detail = {"title": after.title, "tags": list(after.tags)}
            transaction.audit.append_entry(caller, "plan titled", plan, detail, province=province)
            return _to_view(plan, after)


def _to_view(plan: str, record: TitleRecord) -> TitleView:
    return TitleView(plan=plan, title=record.title, tags=record.tags, version=record.version)
