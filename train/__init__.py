"""The training workshop: pictures and captions become a run folder."""
