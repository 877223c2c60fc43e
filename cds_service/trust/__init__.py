"""Who may call: clients from configuration, their keys, and the token that each call shows once. No Flask here."""
