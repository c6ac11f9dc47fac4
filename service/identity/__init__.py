"""Who asks: principals with their grants, API keys, and tokens of an identity provider."""

from service.identity.principals import ANYWHERE, EVERYBODY, ROLES_OF, Act, Grant, Principal, Role

__all__ = ["ANYWHERE", "EVERYBODY", "ROLES_OF", "Act", "Grant", "Principal", "Role"]
