"""Damaged inputs by the thousand; not part of the ordinary tests but for a few hundred of them."""
