"""Pictures that are no clear picture, drawn by chance: what a captioner has nothing to say about."""
