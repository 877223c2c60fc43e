"""Charts opened with a clinician's own token, for the documentation worksheet."""
