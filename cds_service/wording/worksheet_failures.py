"""What the worksheet says when something is in its way: what happened, and what the clinician can do."""

from __future__ import annotations

from cds_service.wording.problems import Problem

_KEPT = "What you have typed is kept in this window until you save it or close the window."

NOT_CONFIGURED = Problem(
    "The worksheet is not set up here",
    "No EHR has registered this installation as a SMART app, so nobody can sign in.",
    "Whoever runs the service sets CDS_SMART_CLIENT_ID to the id that the EHR gave out, and names the EHR's FHIR "
    "server in CDS_FHIR_SERVERS. docs/deploy.md tells the rest.",
)
NOT_BUILT = Problem(
    "A file of the worksheet is missing",
    "The library that signs in to an EHR (fhirclient) was not brought in when this installation was built.",
    "Whoever runs the service installs Node.js with npm, runs “make vendor”, and starts the service again. The "
    "container image has the file already.",
)
NO_SERVER = Problem(
    "The worksheet is started from the EHR",
    "This address was opened without saying which EHR to sign in to.",
    "Open the worksheet from the card in the EHR, or from its list of apps.",
)
SERVER_NOT_ALLOWED = Problem(
    "This EHR is not one that the worksheet may read",
    "It was started from a FHIR server that this installation does not know. Nothing was sent there.",
    "If it is your EHR, ask whoever runs the service to add its address to CDS_FHIR_SERVERS.",
)

STATES = {
    "starting": Problem(
        "Signing in",
        "The EHR is asked for access to the chart.",
        "This takes a moment.",
    ),
    "no-session": Problem(
        "No chart is open",
        "The worksheet was opened without the EHR, or this window has been signed out.",
        "Open it from the card in the EHR, or from the EHR's list of apps. " + _KEPT,
    ),
    "access-denied": Problem(
        "The EHR did not give access",
        "The sign-in was cancelled, or you have no right to open this app or this chart.",
        "Try again; if it is refused again, ask the EHR's help desk for access to the app. " + _KEPT,
    ),
    "launch-failed": Problem(
        "The EHR could not start the app",
        "It ended the sign-in with an error of its own.",
        "Go back to the EHR and open the worksheet again. If it fails again, tell the EHR's help desk. " + _KEPT,
    ),
    "cannot-sign-in": Problem(
        "This EHR's sign-in does not offer what the app needs",
        "The app signs in by SMART App Launch 2 with PKCE (S256); the EHR's server does not say that it can do that.",
        "Tell whoever runs the service, and the EHR's help desk. Until then, document in the EHR itself.",
    ),
    "session-lost": Problem(
        "This sign-in is no longer known",
        "The window was reopened, or the sign-in belongs to another window, so the worksheet cannot finish it.",
        "Open the worksheet again from the EHR. " + _KEPT,
    ),
    "sign-in-failed": Problem(
        "The sign-in could not be finished",
        "The EHR let you in, but gave the app no access token. Often the sign-in took too long.",
        "Sign in again. If it fails again, tell whoever runs the service: the app may be registered wrongly. " + _KEPT,
    ),
    "no-patient": Problem(
        "No patient was chosen",
        "The EHR signed you in without saying whose chart is open.",
        "Open the patient's chart in the EHR and start the worksheet there, or sign in again and choose a patient.",
    ),
    "session-over": Problem(
        "The EHR has ended this session",
        "Access to the chart has run out, or does not reach so far.",
        "Sign in again: the worksheet comes back with what you typed. " + _KEPT,
    ),
    "server-not-allowed": SERVER_NOT_ALLOWED,
    "server-down": Problem(
        "The EHR's FHIR server does not answer",
        "The chart could not be read, so nothing is said about it.",
        "Try again in a minute. " + _KEPT,
    ),
    "service-down": Problem(
        "The worksheet's own service does not answer",
        "The page is here, but the service behind it could not be reached or could not go on.",
        "Try again in a minute. If it stays so, tell whoever runs the service. " + _KEPT,
    ),
    "save-refused": Problem(
        "The EHR refused to save the answers",
        "You, or this app, may read this chart but not write the questionnaire's answers to it.",
        "Nothing was saved; your answers still stand below. Ask the EHR's help desk for the right to create "
        "QuestionnaireResponses, or ask a colleague who has it. " + _KEPT,
    ),
    "save-failed": Problem(
        "The answers could not be saved",
        "The EHR's FHIR server did not take them, or did not answer.",
        "Nothing was saved as far as can be told; your answers still stand below. Try again in a minute. " + _KEPT,
    ),
    "save-session-over": Problem(
        "The EHR has ended this session",
        "Access to the chart ran out before the answers could be saved.",
        "Nothing was saved; your answers still stand below. Sign in again, and save then. " + _KEPT,
    ),
}
"""By the name that the page's script knows them by."""
RETRY = ("server-down", "service-down")
"""What may pass by itself: a button tries again."""
SIGN_IN = (
    "no-session",
    "access-denied",
    "launch-failed",
    "session-lost",
    "sign-in-failed",
    "no-patient",
    "session-over",
    "save-session-over",
)
"""What a new sign-in may mend."""
