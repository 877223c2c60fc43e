"""The chart around the infusion: what drafts are for, and what of the course of treatment is on record."""
