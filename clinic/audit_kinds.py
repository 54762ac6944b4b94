"""What the audit trail notes that is about no patient: signing in, rights, refusals. One line for each kind."""

from django.utils.translation import gettext_lazy as _

from clinic.models.audit_kinds import AUDIT_KINDS, AuditKind

SIGNED_IN = AUDIT_KINDS.register(AuditKind("sign-in", _("signed in")))
SIGNED_OUT = AUDIT_KINDS.register(AuditKind("sign-out", _("signed out")))
# `user`: the account, if there is one with that address. What was typed is not noted: it may be a password.
SIGN_IN_FAILED = AUDIT_KINDS.register(AuditKind("sign-in-failed", _("could not sign in")))
LOCKED_OUT = AUDIT_KINDS.register(AuditKind("lockout", _("tried too often")))
# `what`: the name of the page, and the key of what it would have shown.
DENIED = AUDIT_KINDS.register(AuditKind("denied", _("was refused a page")))
PASSWORD_CHANGED = AUDIT_KINDS.register(AuditKind("password-changed", _("changed a password")))
# `what`: how many were found. Each of them is noted, too. What was typed is not: it is about somebody.
LOOKED_FOR = AUDIT_KINDS.register(AuditKind("looked-for", _("looked for patients")))
# `by`: the manager, `user`: the colleague.
ROLE_CHANGED = AUDIT_KINDS.register(AuditKind("role-changed", _("changed what somebody may do")))
SECOND_FACTOR = AUDIT_KINDS.register(AuditKind("second-factor", _("changed a second factor")))
# `what`: the reason. What is read then is noted as such.
BREAK_GLASS = AUDIT_KINDS.register(AuditKind("break-glass", _("opened records in an emergency")))
RESTORED = AUDIT_KINDS.register(AuditKind("restored", _("put a backup back")))
