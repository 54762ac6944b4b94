"""The ultrasound pictures of a record, wherever the record is shown to those who may see it."""

from django import template

from procedures.models import Procedure

register = template.Library()


@register.inclusion_tag("practice/records/images/_gallery.html")
def pictures_of(procedure):
    """The pictures with their captions; nothing if there are none."""
    images = procedure.images.select_related("site__muscle")
    return {"images": images, "appointment_id": procedure.appointment_id}


@register.inclusion_tag("practice/records/images/_link.html")
def pictures_link(appointment, user):
    """The link from a record's form to its pictures, with their number."""
    procedure = Procedure.objects.visible_to(user).standing().filter(appointment=appointment).first()
    return {"appointment": appointment, "count": procedure.images.count() if procedure else 0, "procedure": procedure}
