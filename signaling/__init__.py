"""A small video server: rooms, people, tracks, and who hears whom.

It speaks a subset of the LiveKit client protocol and forwards encoded packets without decoding them.
It knows no court and no database: somebody else decides who sits in which room and says so over the
control channel. *Up* is from a person to us, *down* is from us to a person.

The pure core (packets, layers, rooms, sittings, session descriptions) opens no socket and reads no
clock; `dtls`, `srtp`, `port`, `link`, `endpoint`, `control` and `worker` are the edge.
"""
