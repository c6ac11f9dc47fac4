"""Who asks: principals with their grants, API keys, and tokens of an identity provider."""

from service.identity.principals import (
    ANONYMOUS_PRINCIPAL,
    ANY_PROVINCE,
    ROLES_BY_PERMISSION,
    Grant,
    Permission,
    Principal,
    Role,
)

__all__ = ["ANY_PROVINCE", "ANONYMOUS_PRINCIPAL", "ROLES_BY_PERMISSION", "Permission", "Grant", "Principal", "Role"]
