"""CDS Hooks on the wire: requests in, cards out. Wire names and wire shapes stand here and nowhere else."""
