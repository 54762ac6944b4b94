"""What the audit trail notes of records beside who read and changed them."""

from django.utils.translation import gettext_lazy as _

from clinic.models.audit_kinds import AUDIT_KINDS, AuditKind

# `what`: the number of the record, of its seal, and the SHA-256.
RECORD_SEALED = AUDIT_KINDS.register(AuditKind("record-sealed", _("sealed a record")))
