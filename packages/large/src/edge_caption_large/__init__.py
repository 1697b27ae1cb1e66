"""The large model of edge-caption, as data: `edge-caption caption --bundle large`."""
