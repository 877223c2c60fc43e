"""What discovery says of the services to the person who installs them."""

USAGE = (
    "FHIR R4. Full prefetch suffices for a full answer; send null for a search without results, and leave a key out "
    "only where its data cannot be had."
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
