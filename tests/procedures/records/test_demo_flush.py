"""Only the demo clinic can be emptied; afterwards it is sealed again."""

import pytest
from django.core.management import CommandError, call_command

from procedures.management.commands import flush
from procedures.models import Procedure
from tests.procedures.records.sealed_records import closed, refused

pytestmark = pytest.mark.django_db(transaction=True)


def test_demo_is_emptied_and_sealed_again(settings):
    settings.DEMO = True
    closed()

    call_command(flush.Command(), interactive=False, verbosity=0)

    assert Procedure.objects.count() == 0
    closed()
    assert refused("UPDATE procedures_procedure SET note = 'x'")


def test_clinic_with_real_patients_is_not(settings):
    settings.DEMO = False
    closed()

    with pytest.raises(CommandError, match="never deleted"):
        call_command(flush.Command(), interactive=False, verbosity=0)

    assert Procedure.objects.get().is_signed
