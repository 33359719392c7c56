"""How a person's line does, from loss in both directions and silence."""

from __future__ import annotations

from livekit.protocol import models

from signaling.person import Person

EVERY = 2.0  # seconds between two judgements
SILENT = 5.0  # seconds without sign of life that count as lost
GOOD, POOR = 5, 20  # of 256 packets lost: about 2 % and 8 %
Quality = models.ConnectionQuality


def judge(person: Person, now: float) -> Quality:
    """Excellent, good, poor, or lost."""
    if now - person.heard_at > SILENT:
        return Quality.LOST
    up = [layer.loss for layer in person.peer.layers.values() if layer.alive(now)]
    down = [one.loss for one in person.downs.values()]
    worst = max([0, *up, *down])
    if worst < GOOD:
        return Quality.EXCELLENT
    return Quality.GOOD if worst < POOR else Quality.POOR
