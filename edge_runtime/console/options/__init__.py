"""Options that are declared once: command line, checks and configuration files are made of the declaration."""

from edge_runtime.console.options.declaration import Options, option

__all__ = ["Options", "option"]
