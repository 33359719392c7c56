"""Ports for the servers that tests start."""

from __future__ import annotations

import socket


def free(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port that nobody has just now; tests in other processes ask the same system for theirs."""
    with socket.socket(socket.AF_INET, kind) as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
