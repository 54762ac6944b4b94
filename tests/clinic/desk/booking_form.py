"""What the desk types to book by phone."""

from tests.factories import at

TOKEN = "by-phone-0001"


def address_of(patient):
    return f"/desk/patients/{patient.pk}/book/"


def answers(doctor, when="2026-03-02 09:00", **more):
    return {
        "visit_type": "consultation",
        "time": f"{doctor.pk}@{at(when).isoformat()}",
        "request_token": TOKEN,
        "reason": "",
    } | more


def newcomer(doctor, **more):
    who = {"given_name": "Jonas", "family_name": "Naujas", "birth_date": "5.5.1975", "phone": "861299999", "email": ""}
    return answers(doctor, **who | more)
