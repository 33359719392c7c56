"""asn1crypto among threads."""

from __future__ import annotations

from asn1crypto.core import Asn1Value, Choice


def prepare(kind: type[Asn1Value] = Asn1Value) -> None:
    """Set every class up; to be called where such classes have been imported.

    asn1crypto does so when the first object of a class is made. Two threads that do it at once leave the
    class spoiled for as long as the process lives: seals that hold are called broken, or take a minute each.
    """
    for one in kind.__subclasses__():
        if one is not Choice:  # it alone has no objects of its own
            one()
        prepare(one)
