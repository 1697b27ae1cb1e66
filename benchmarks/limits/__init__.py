"""How close a caption is to what its graphs can do, and its graphs to what the machine can do."""
