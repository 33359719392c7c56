"""What the court does: tables, rules, actions, queries, journal. No HTTP, no sockets, no PDF."""

__version__ = "0.1.0"
