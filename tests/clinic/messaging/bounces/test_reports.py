"""What came back, read: only what is unmistakable is taken for something."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.messaging.bounces import reports
from clinic.messaging.bounces.reports import Kind
from clinic.messaging.channels import mail_marks
from tests.clinic.messaging.bounces import mails

MESSAGE = SimpleNamespace(pk=4711)


@pytest.mark.parametrize("by", ["envelope", "inside"])
@pytest.mark.parametrize(
    ("action", "status", "said", "kind"),
    [
        ("failed", "5.1.1", "550 5.1.1 User unknown", Kind.FAILED),
        ("failed", "4.4.7", "432 4.4.7 delivery time expired", Kind.FAILED),
        ("delayed", "4.4.1", "451 4.4.1 no answer", Kind.DELAYED),
        ("delivered", "2.0.0", "250 2.0.0 OK", Kind.ARRIVED),
        ("relayed", "2.0.0", "250 2.0.0 OK", Kind.AUTOMATIC),
    ],
)
def test_a_report_on_a_delivery(by, action, status, said, kind):
    report = reports.read(mails.report(MESSAGE, action=action, status=status, said=said, by=by))

    assert (report.kind, report.message_id) == (kind, MESSAGE.pk)
    if kind != Kind.AUTOMATIC:
        assert (report.code, report.detail) == (status, said)


def test_a_complaint():
    report = reports.read(mails.complaint(MESSAGE))

    assert (report.kind, report.message_id) == (Kind.COMPLAINT, MESSAGE.pk)


def test_words_of_a_person_come_without_what_they_answer_to():
    report = reports.read(mails.written(MESSAGE))

    assert (report.kind, report.message_id, report.sender) == (Kind.WORDS, MESSAGE.pk, "rasa@mail.example")
    assert (report.words, report.reference) == ("Re: Your visit I cannot come on Friday.", "<answer-1@mail.example>")


@pytest.mark.parametrize(
    "more",
    ["Auto-Submitted: auto-replied\n", "Precedence: bulk\n", "X-Autoreply: yes\n", "List-Id: <news.example>\n"],
)
def test_a_machine_that_answers_is_no_person(more):
    assert reports.read(mails.written(MESSAGE, more=more)).kind == Kind.AUTOMATIC


def test_an_old_server_says_no_in_words_alone():
    mail = mails.written(MESSAGE, sender="MAILER-DAEMON@old.example", words="Sorry.\n550 5.1.1 no mailbox here\nBye")

    report = reports.read(mail)

    assert (report.kind, report.code, report.detail) == (Kind.FAILED, "5.1.1", "550 5.1.1 no mailbox here")


@pytest.mark.parametrize(
    "mark",
    ["m4711-0123456789abcdef", mail_marks.mark_of(4712).replace("m4712", "m4711"), f"x{mail_marks.mark_of(4711)}"],
)
def test_a_mark_that_we_did_not_make_is_nobodys(mark):
    assert mail_marks.message_in(f"bounces+{mark}@clinic.example") is None


@given(st.binary(max_size=300))
def test_nothing_breaks_the_reader(content):
    report = b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n"
    for start in (b"", report, b"From: \xff"):
        assert reports.read(start + content).kind in Kind
