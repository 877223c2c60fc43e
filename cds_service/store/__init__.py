"""What outlives a call: tokens seen, cards shown, and what clinicians did with them. Nothing of any patient's chart."""
