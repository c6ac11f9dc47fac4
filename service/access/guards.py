"""The guard of a route: a dependency that lets pass who may do what the route does."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import Depends
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request

from models.base import ID_PATTERN
from service.access.refusals import Barred, Forbidden
from service.identity import EVERYBODY, Act, Principal
from service.storage import NotFound, Store, Transaction
from service.web.services import PrincipalOf, ServicesOf

_NAME = re.compile(ID_PATTERN)

Found = TypeVar("Found")


class Guard:
    """Lets pass who may do an act: with the path's plan, in the path's province, or anywhere if it names neither."""

    def __init__(self, act: Act) -> None:
        """Guard a route that does `act`."""
        self.act = act

    async def __call__(self, request: Request, services: ServicesOf, principal: PrincipalOf) -> None:
        """Raise Forbidden, or for what they may not know of Barred (404), unless they may."""
        if principal is EVERYBODY:
            return
        plan, province = request.path_params.get("plan"), request.path_params.get("province")
        if plan is not None:
            await run_in_threadpool(_stored_plan, services.store, principal, self.act, str(plan))
        elif province is not None:
            _province(principal, self.act, str(province), hidden=request.method in {"GET", "HEAD"})
        elif not self._passes(principal):
            raise Forbidden(principal.caller, self.act, "")

    def _passes(self, principal: Principal) -> bool:
        return principal.administers if self.act == "administer" else principal.may_somewhere(self.act)


def may(act: Act) -> Any:
    """The guard to stand in `dependencies=[…]` of a router or a route."""
    return Depends(Guard(act))


def guard_of(dependant: Any) -> Guard | None:
    """The last guard among the dependencies of a route (FastAPI's `route.dependant`); None if it has none."""
    guards = [one.call for one in getattr(dependant, "dependencies", ()) if isinstance(one.call, Guard)]
    return guards[-1] if guards else None


def require_plan(transaction: Transaction, principal: Principal, act: Act, plan: str) -> None:
    """For plans that a body or a query names: NotFound or Barred if there is none they may read, Forbidden if they may no more."""
    province, owner = transaction.plans.belonging(plan)
    if not principal.may_with("read", province, owner):
        raise Barred(principal.caller, act, "plan", plan, province)
    if not principal.may_with(act, province, owner):
        raise Forbidden(principal.caller, act, plan, province)


def within(
    look_up: Callable[[str, int | None], Found], principal: Principal, act: Act
) -> Callable[[str, int | None], Found]:
    """A look-up of provinces that finds those in which a principal may do an act; Barred and Forbidden for others."""

    def guarded(name: str, version: int | None) -> Found:
        if not principal.may("read", name):
            raise Barred(principal.caller, act, "province", name if version is None else f"{name} version {version}")
        if not principal.may(act, name):
            raise Forbidden(principal.caller, act, name, name)
        return look_up(name, version)

    return guarded


def _stored_plan(store: Store, principal: Principal, act: Act, plan: str) -> None:
    if not _NAME.fullmatch(plan) or len(plan) > 100:
        raise NotFound("plan", plan)
    with store.read() as transaction:
        require_plan(transaction, principal, act, plan)


def _province(principal: Principal, act: Act, province: str, *, hidden: bool) -> None:
    """Forbidden unless they may; where they may not even read and it is to be `hidden`, Barred."""
    if hidden and not principal.may("read", province):
        raise Barred(principal.caller, act, "province", province, province[:100])
    if not principal.may(act, province):
        raise Forbidden(principal.caller, act, province, province[:100])
