"""What the try-it page says beside its templates: the groups of stories, and why a text cannot be sent."""

OTHER_STORIES = "More stories"
AROUND_THE_INFUSION = "Around the infusion: the label's safety steps"
GROUPS = {
    "Everything is documented": ("criteria-met",),
    "Documentation is missing": ("missing-documentation",),
    "The chart contradicts a criterion": ("criteria-not-met",),
    "A matched sibling donor": ("sibling-donor",),
    "An earlier dose": ("prior-lifetime-dose", "possible-prior-dose"),
    "Ordered for another disease": ("other-indication",),
    "Part of the chart could not be read": ("chart-unavailable",),
    "A slip in the order": ("duplicate-order", "wrong-patient"),
    "The service says nothing": ("",),
}
"""What the clinician sees first, and the topics of card that show it."""

NOTHING = "There is nothing to send yet: paste a hook request or a Bundle."
UNREADABLE = "This is JSON, but nested too deeply or with a number that cannot be read."


def not_json(line: int, column: int) -> str:
    return f"This is not JSON: see line {line}, column {column}."


def sentence(text: str) -> str:
    """With a capital and a full stop; the name of a member, such as context.patientId, stays as it is."""
    first = text.split(" ", 1)[0]
    return f"{text[:1].upper() if first.isalpha() else text[:1]}{text[1:].rstrip('.')}."
