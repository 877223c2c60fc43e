"""Reading a chart: FHIR in, facts out. One module per kind of fact; `read.py` is the table of contents."""
