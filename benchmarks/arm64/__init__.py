"""The same graphs and the wheel on emulated 64-bit ARM."""
