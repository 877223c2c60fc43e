"""The documentation worksheet, a SMART app: the chart of one patient, what is open in it, and the packet to send."""
