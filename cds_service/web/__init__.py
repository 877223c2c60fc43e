"""Pages for people: rendered here, readable without JavaScript, and made of nothing but our own files."""
