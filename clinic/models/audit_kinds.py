"""What the audit trail notes besides the reading and changing of records: each owner registers its own kinds."""

from dataclasses import dataclass

from clinic.lib.registry import Registry


@dataclass(frozen=True)
class AuditKind:
    """`code` is stored in the rows: 30 characters at most."""

    code: str
    label: str


AUDIT_KINDS = Registry("kind of audit event")
