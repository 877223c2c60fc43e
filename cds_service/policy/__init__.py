"""The coverage policy, as clauses that answer on a chart. Pure: no FHIR, no clock, no files."""
