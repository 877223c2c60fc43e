"""FHIR resources that the service publishes for others to use: each a JSON file of this folder."""
