"""Who finds which address open: the table that test_authorisation_matrix compares the site with."""

from clinic.models import Role

EVERYBODY = [
    *("anonymous", "patient", "other patient", "patient who was merged", "guardian", "two patients of one account"),
    "who left",
    *("desk", "physician", "physiotherapist", "manager"),
]
OPEN, SIGN_IN, FORBIDDEN, NOT_FOUND, NOT_ALLOWED = "open", "sign in", "403", "404", "405"


class Rule:
    """Who finds an address open; `others` is what the rest of the signed-in people get, `strangers` the anonymous.

    `but` says what else somebody gets, by person.
    """

    def __init__(self, *who, methods="GET", others=FORBIDDEN, strangers=SIGN_IN, but=()):
        self.who, self.methods, self.others, self.strangers = who, methods.split(), others, strangers
        self.but = dict(but)

    def expected(self, person, method):
        """A less specific answer is right too: a method nobody may use can be refused before or after the person is."""
        if method not in self.methods:
            return {NOT_ALLOWED, self.others, self.strangers, SIGN_IN, *self.but.values()} - {OPEN}
        if person in self.who:
            return {OPEN}
        return {self.strangers if person == "anonymous" else self.but.get(person, self.others)}


def public(methods="GET"):
    return Rule(*EVERYBODY, methods=methods)


def signed_in(methods="GET"):
    return Rule(*EVERYBODY[1:], methods=methods)


def nobody(methods="GET"):
    """Only a provider, who signs what it says."""
    return Rule(methods=methods, strangers=FORBIDDEN)


def own(methods="GET"):
    """The patient's, and theirs who act for the patient."""
    return Rule("patient", "guardian", "two patients of one account", methods=methods, others=NOT_FOUND)


def patients(methods="GET"):
    """Their account's own; colleagues come to it by a code, as patients."""
    return Rule(*EVERYBODY[1 : EVERYBODY.index("desk")], methods=methods)


def of_this_browser(methods="GET"):
    return Rule("patient", methods=methods, others=NOT_FOUND, strangers=NOT_FOUND)


def desk(methods="GET"):
    return Rule("desk", methods=methods)


def desk_or_manager(methods="GET"):
    return Rule("desk", "manager", methods=methods)


def manager(methods="GET"):
    return Rule("manager", methods=methods)


def clinicians(methods="GET"):
    return Rule("physician", "physiotherapist", methods=methods)


def colleagues(methods="GET"):
    return Rule(*Role.values, methods=methods)


def physicians(methods="GET"):
    return Rule("physician", methods=methods)


def managers(methods="GET"):
    return Rule("manager", methods=methods)


PUBLIC_PAGES = [
    *("home", "trigger-points", "where-does-it-hurt", "region", "procedures", "procedure", "risks", "aftercare"),
    *("person", "person-photo", "clinic", "privacy"),
    *("people", "book", "book-times", "book-times-json", "demo", "healthz", "readyz", "favicon"),
    *("search", "sitemap", "robots", "manifest"),
    *("who-should-i-see", "glossary"),
]
TABLE = {
    **{name: public() for name in PUBLIC_PAGES},
    "book-hold": public("POST"),
    "demo-sign-in": public("POST"),
    "unsent-forms": public(),
    "unsent-forms-drop": public("POST"),
    "styleguide": public("GET POST"),
    "styleguide-tokens": public(),
    "book-details": of_this_browser("GET POST"),
    "book-check": of_this_browser("GET POST"),
    "book-code": of_this_browser("GET POST"),
    "book-booked": of_this_browser(),
    "book-calendar": of_this_browser(),
    "invitation": public("GET POST"),
    "practice-approvals": physicians(),
    "practice-approval": physicians("GET POST"),
    "practice-approval-as-it-is": physicians("GET POST"),
    "practice-emergency": Rule("physiotherapist", methods="GET POST"),
    "practice-emergency-patient": Rule("physiotherapist"),
    "manage-emergency": managers(),
    "manage-emergency-review": managers("GET POST"),
    **dict.fromkeys(["manage-colleagues", "manage-colleague"], managers()),
    **dict.fromkeys(["manage-colleague-invite", "manage-colleague-end"], managers("GET POST")),
    **dict.fromkeys(
        [
            *(f"manage-colleague-{act}" for act in ("role", "name")),
            "manage-invitation-again",
            "manage-invitation-withdraw",
        ],
        managers("POST"),
    ),
    "check-in": public(),
    "check-in-here": own("POST"),
    "my": signed_in(),
    **dict.fromkeys(["my-sign-in", "my-sign-in-code"], patients("GET POST")),
    "my-sign-in-end": Rule("patient", methods="POST", others=NOT_FOUND),
    "my-calendar": own(),
    "my-cancel": own("GET POST"),
    "my-undo-cancel": own("POST"),
    "my-move": own("GET POST"),
    "my-access": signed_in(),
    "my-access-end": own("GET POST"),
    "my-waitlist": signed_in(),
    "my-waitlist-join": signed_in("GET POST"),
    "my-waitlist-take": own("POST"),
    "my-waitlist-leave": own("POST"),
    "my-physiotherapy": own("GET POST"),
    **dict.fromkeys(
        ["my-physiotherapy-take-back", "my-exercise-done", "my-exercise-report", "my-exercise-undone"], own("POST")
    ),
    "my-physiotherapy-answer": own("GET POST"),
    "my-exercises": signed_in(),
    "my-screening": own("GET POST"),
    "my-screening-thanks": own(),
    "my-where-it-hurts": own("GET POST"),
    **dict.fromkeys(["my-consent", "my-consent-question"], own("GET POST")),
    **dict.fromkeys(["my-consent-no", "my-consent-withdraw"], own("POST")),
    "my-summary": own(),
    "my-aftercare": signed_in(),
    **dict.fromkeys(["my-aftercare-plan", "my-aftercare-next-visit"], own()),
    "my-aftercare-pain": own("POST"),
    **dict.fromkeys(["care-check", "care-check-pain"], public("GET POST")),
    **dict.fromkeys(["my-symptoms", "my-symptoms-answered"], own("GET POST")),
    "practice-check": physicians("GET POST"),
    "workplace": signed_in(),
    "desk": desk_or_manager(),
    "desk-appointment": desk_or_manager(),
    "desk-check-in": desk("POST"),
    "desk-undo-check-in": desk("POST"),
    "desk-screening": Rule("desk", "physician", methods="GET POST"),
    "desk-did-not-attend": desk("POST"),
    "desk-cancel": desk("GET POST"),
    "desk-day-sheet": desk_or_manager(),
    "desk-check-in-code": desk_or_manager(),
    "desk-undo-cancel": desk("POST"),
    "desk-move": desk("GET POST"),
    "desk-move-to": desk("GET POST"),
    "desk-patients": desk_or_manager(),
    "desk-patient": desk_or_manager(),
    "desk-duplicates": desk(),
    "desk-merge": desk("GET POST"),
    "desk-two-people": desk("POST"),
    **dict.fromkeys(["desk-file", "desk-name", "desk-death", "desk-lives"], desk("GET POST")),
    "desk-access": desk_or_manager(),
    **dict.fromkeys(["desk-access-grant", "desk-access-end"], desk("GET POST")),
    "desk-book": desk(),
    "desk-book-patient": desk("GET POST"),
    "desk-book-new": desk("GET POST"),
    "desk-booking-requests": desk_or_manager(),
    "desk-booking-requests-end": desk("POST"),
    "desk-hours": desk_or_manager(),
    "desk-hours-add": desk_or_manager("GET POST"),
    "desk-hours-change": desk_or_manager("GET POST"),
    "desk-hours-remove": desk_or_manager("POST"),
    "desk-affected": desk_or_manager(),
    "desk-affected-tell": desk("POST"),
    "desk-messages": desk_or_manager(),
    "desk-message-again": desk("POST"),
    "desk-patient-messages": desk_or_manager(),
    "desk-patient-choose": desk("POST"),
    "desk-patient-answer": desk("POST"),
    "desk-received": desk(),
    "desk-incoming": desk("GET POST"),
    "practice-messages": clinicians(),  # a physiotherapist: those of the patients who have a visit with them
    "practice-received": physicians("GET POST"),
    **dict.fromkeys(["desk-contact", "desk-contact-new", "desk-contact-end"], desk("GET POST")),
    "my-messages": signed_in(),
    "my-data": signed_in(),
    "my-data-take-along": own(),
    **dict.fromkeys(["my-data-put-right", "my-data-remove"], own("GET POST")),
    "my-access-log": signed_in(),
    "manage-audit": Rule("manager"),
    "my-messages-choose": own("POST"),
    "reminders": public("GET POST"),
    "visit": public("GET POST"),
    "access-objection": public("GET POST"),
    "message-receipts": nobody("POST"),
    "message-replies": nobody("POST"),
    "desk-message": desk_or_manager(),
    "desk-work": desk_or_manager(),
    "desk-work-done": desk("POST"),
    "desk-work-tomorrow": desk("POST"),
    "manage-removals": manager(),
    "manage-removal": manager("GET POST"),
    "practice": clinicians(),
    "practice-patients": clinicians(),
    # A physician's visit: a physiotherapist sees those with a physiotherapist.
    "practice-visit": Rule("physician", but={"physiotherapist": NOT_FOUND}),
    "practice-seen": Rule(
        Role.PHYSICIAN, methods="POST", but={Role.PHYSIOTHERAPIST: NOT_FOUND}
    ),  # physiotherapists end their own kind
    "desk-consent": Rule("desk", "physician", methods="GET POST"),
    "desk-consent-signed": Rule("desk", "physician"),
    **dict.fromkeys(["desk-consent-no", "desk-consent-signer"], Rule("desk", "physician", methods="POST")),
    "practice-plan": physicians("GET POST"),
    **dict.fromkeys(["practice-consent-confirm", "practice-consent-withdraw"], physicians("POST")),
    "practice-summary": physicians(),
    "practice-history": physicians(),
    "practice-referrals": clinicians(),
    "practice-referral": clinicians(),
    **dict.fromkeys(
        [f"practice-referral-{act}" for act in ("assess", "exercises", "answer")],
        Rule("physiotherapist", methods="GET POST"),
    ),
    **dict.fromkeys(
        ["practice-referral-take-back", "practice-prescription-end", "practice-exercise-noted"],
        Rule("physiotherapist", methods="POST"),
    ),
    "practice-outcomes": Rule("physician", "manager"),
    "desk-physiotherapy": desk(),
    "desk-referral-answer": desk("GET POST"),
    "desk-referral-take-back": desk("POST"),
    **dict.fromkeys(["practice-screening", "practice-allergies", "practice-allergy-end"], physicians("GET POST")),
    "practice-record": physicians("GET POST"),
    **dict.fromkeys(["practice-record-typed", "practice-record-typed-drop"], physicians("POST")),
    "practice-record-review": physicians("GET POST"),
    "practice-record-addenda": physicians("POST"),
    "practice-record-doses": physicians("POST"),
    "practice-record-second-person": physicians("GET POST"),
    "practice-dose-limits": physicians(),
    "practice-dose-limits-propose": physicians("GET POST"),
    "practice-dose-limit-sign": physicians("GET POST"),
    "practice-record-void": physicians("GET POST"),
    **dict.fromkeys(["practice-record-void-agree", "practice-record-void-keep"], physicians("POST")),
    **dict.fromkeys(["practice-record-pdf", "practice-record-voided"], physicians()),
    "practice-record-images": physicians("GET POST"),
    "practice-record-image": physicians(),
    "practice-record-image-thumbnail": physicians(),
    "practice-record-image-remove": physicians("POST"),
    "practice-packs": Rule("physician", "manager", methods="GET POST"),
    "practice-pack-read": physicians("POST"),
    **dict.fromkeys(["practice-pack-confirm", "practice-pack-end"], Rule("physician", "manager", methods="POST")),
    "practice-lots": Rule("physician", "manager"),
    "practice-lots-csv": Rule("physician", "manager"),
    # django-allauth's own
    "account_login": public("GET POST"),
    "account_request_login_code": public("GET POST"),
    "account_confirm_login_code": signed_in("GET POST"),  # a stranger without a code is led to ask for one
    "account_logout": public("GET POST"),
    "account_inactive": public(),
    "account_signup": public("GET POST"),
    "account_reset_password": public("GET POST"),
    "account_reset_password_done": public(),
    "account_reset_password_from_key": public("GET POST"),
    "account_reset_password_from_key_done": public(),
    "account_reauthenticate": colleagues("GET POST"),
    "account_sign_in_again": signed_in(),
    "account_devices": signed_in(),
    **dict.fromkeys(["account_devices_end", "account_lock", "account_awake", "unsent-forms-keep"], signed_in("POST")),
    "manage-second-factors": Rule("manager"),
    "manage-second-factor-reset": Rule("manager", methods="GET POST"),
    "mfa_index": signed_in(),
    "mfa_add_webauthn": signed_in("GET POST"),
    "mfa_authenticate": signed_in("GET POST"),  # whoever has not typed a password is led to do that
    "mfa_login_webauthn": signed_in("GET POST"),  # the same: it opens for the browser's passkey only
    **dict.fromkeys(
        ["mfa_reauthenticate", "mfa_activate_totp", "mfa_generate_recovery_codes"],
        Rule(*Role.values, methods="GET POST", others=NOT_FOUND),
    ),
    # Nobody in the matrix has set anything up: tests/clinic/system/test_second_factor.py
    **dict.fromkeys(["mfa_deactivate_totp", "mfa_remove_webauthn"], Rule(methods="GET POST", others=NOT_FOUND)),
    "mfa_view_recovery_codes": Rule(others=NOT_FOUND),
    "mfa_reauthenticate_webauthn": colleagues("GET POST"),
    "account_change_password": signed_in("GET POST"),
    "account_set_password": signed_in("GET POST"),
}
