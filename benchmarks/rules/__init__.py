"""How well rules understand what people write."""
