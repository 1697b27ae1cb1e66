"""The small model of edge-caption, as data: `edge-caption caption --bundle small`."""
