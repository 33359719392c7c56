"""The way of a packet that is nothing special, as machine code: from the socket to everybody, without Python.

A datagram of a known connection that continues a flowing layer is decrypted, counted, kept, and written,
encrypted and sent for each who follows it. Whatever else comes is left to Python, in the order it came;
what was counted is taken over by its owners before Python looks (`signaling.lane`). The numbers both
share lie in `signaling.rows`. Numba translates this once and keeps the result on disk.
"""
