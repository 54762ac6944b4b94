"""A procedure's page as schema.org data."""

from django import template

from clinic.website import structured_data

register = template.Library()


@register.simple_tag
def procedure_data(definition):
    """What it is and how it goes, when the page was last checked, and what people ask (`definition.asked`)."""
    address = structured_data.absolute(definition.get_absolute_url())
    procedure = {
        "@type": "MedicalProcedure",
        "@id": f"{address}#procedure",
        "name": definition.name,
        "url": address,
        "description": definition.summary,
        "procedureType": "https://schema.org/PercutaneousProcedure",
        "howPerformed": " ".join(definition.step_list),
        "indication": {"@type": "MedicalIndication", "description": definition.good_when},
    }
    page = {
        "@type": "MedicalWebPage",
        "url": address,
        "name": definition.name,
        "lastReviewed": definition.reviewed_on,
        "about": {"@id": f"{address}#procedure"},
        "publisher": structured_data.clinic_reference(),
    }
    questions = {
        "@type": "FAQPage",
        "@id": f"{address}#questions",
        "mainEntity": [
            {
                "@type": "Question",
                "name": each.question,
                "acceptedAnswer": {"@type": "Answer", "text": each.answer},
            }
            for each in definition.asked
        ],
    }
    return structured_data.element(page, procedure, *([questions] if definition.asked else []))
