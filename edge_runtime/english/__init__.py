"""English as captions have it: plurals and forms of verbs. Tables and rules, with nothing to load."""
