"""What a plan was begun with stays: a protocol in use is not edited, also by hand, and is sealed with the record."""

from django.utils.translation import gettext as _

from aftercare.models import AftercareProtocol, CarePlan, ProtocolCheck
from procedures.records import sealed_facts
from procedures.records.sealed_content import SECTIONS, Section
from procedures.records.sealed_words import block
from procedures.records.seals import DELETE, INSERT, OWNERS, UPDATE, Owner, Rule, changed, exists

WHY = "a protocol in use gets a new version"
WORDS = ["lifting_advice", "normal_life", "what_is_normal", "what_is_not"]


def rules():
    used = exists(CarePlan, "part.protocol_id = OLD.id")
    yield Rule(AftercareProtocol, UPDATE, f"{used} AND ({changed(AftercareProtocol, but=['is_current'])})", WHY)
    for event, rows in ((INSERT, ["NEW"]), (UPDATE, ["OLD", "NEW"]), (DELETE, ["OLD"])):
        used = " OR ".join(exists(CarePlan, f"part.protocol_id = {row}.protocol_id") for row in rows)
        altered = f" AND ({changed(ProtocolCheck, but=[])})" if event == UPDATE else ""
        yield Rule(ProtocolCheck, event, f"({used}){altered}", WHY)


def facts(procedure):
    """The protocol with its check times, and what the plan says: when, until when."""
    plan = _plan_of(procedure)
    if plan is None:
        return None
    rows = {"plan": plan, "protocol": plan.protocol}
    checks = [sealed_facts.of_row(check) for check in plan.protocol.check_times.all()]
    return {name: sealed_facts.of_row(row) for name, row in rows.items()} | {"checks": checks}


def blocks(procedure):
    plan = _plan_of(procedure)
    if plan is None:
        return []
    protocol = plan.protocol
    version = _("%(name)s, version %(number)s") % {"name": protocol.name, "number": protocol.version}
    said = [
        (_("Protocol"), version),
        (_("Hours without heavy lifting"), protocol.lifting_hours),
        (_("Days within which to see a physiotherapist"), protocol.physiotherapy_days),
    ]
    told = [(protocol._meta.get_field(name).verbose_name.capitalize(), getattr(protocol, name)) for name in WORDS]
    return [block(_("Days after"), [*said, *((label, words) for label, words in told if words)])]


def _plan_of(procedure):
    return CarePlan.objects.filter(procedure=procedure).select_related("protocol").first()


OWNERS.register(Owner("aftercare", rules))
SECTIONS.register(Section("aftercare", facts, blocks))
