"""Kresladi CDS: a CDS Hooks service that holds a chart against coverage policy CP.PHAR.599."""

__version__ = "0.1.0"
