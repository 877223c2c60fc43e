"""FHIR R4 as it comes over the wire: resources, bundles, elements, terminology. Nothing here is clinical."""
