"""What discovery says of the services to the person who installs them."""

USAGE = (
    "FHIR R4. Full prefetch suffices for a full answer; send null for a search without results, and leave a key out "
    "only where its data cannot be had."
)
USAGE_LIGHT = (
    "FHIR R4. Send fhirServer with fhirAuthorization: prefetch holds the patient and the coverage alone, the rest of "
    "the chart is read from the server, and only when an order needs it."
)
AT_SIGNING = "Kresladi: documentation at signing"
AT_SIGNING_DESCRIPTION = (
    "Holds the chart against coverage policy CP.PHAR.599 when Kresladi (marnetegragene autotemcel) is signed: shows "
    "missing documentation, a matched sibling donor, an earlier dose. The plan decides."
)
AT_SELECTION = "Kresladi: what would stop the order"
AT_SELECTION_DESCRIPTION = (
    "When Kresladi (marnetegragene autotemcel) is selected: shows only what would stop the order, such as an earlier "
    "dose, a matched sibling donor, another indication."
)

AT_TREATMENT = "Kresladi: the label's safety steps at signing"
AT_TREATMENT_DESCRIPTION = (
    "When an order is signed for a patient who is to have, or had, Kresladi (marnetegragene autotemcel): holds it "
    "against what the product label asks for around the infusion, from mobilisation and conditioning to the infusion "
    "itself, irradiated blood afterwards and donation. Says nothing about coverage."
)
AT_CHART_OPENING = "Kresladi: the label's safety steps at chart opening"
AT_CHART_OPENING_DESCRIPTION = (
    "When the chart of a patient treated with Kresladi (marnetegragene autotemcel) is opened: reminds, until it is on "
    "record, that this patient should never donate blood, organs, tissues or cells. Says nothing about coverage."
)
