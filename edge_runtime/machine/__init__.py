"""The machine: processor, memory, heat, and code run in a process of its own."""
