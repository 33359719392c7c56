"""Chrome's engine in Python: brings a picture and a tone in by WHIP, plays one person by WHEP, says what it decoded."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import sys
from typing import Any
from urllib.parse import urljoin

import aiohttp
import numpy as np
import webrtc

WIDTH, HEIGHT, RATE, BLOCK = 320, 240, 48000, 480


async def show(writer: Any) -> None:
    for count in itertools.count():
        picture = np.full(WIDTH * HEIGHT * 3 // 2, 40 + count * 7 % 160, np.uint8)
        init = webrtc.VideoFrameBufferInit("I420", WIDTH, HEIGHT, timestamp=count * 66_000)
        await writer.write(webrtc.VideoFrame(picture.tobytes(), init))
        await asyncio.sleep(0.066)


async def sing(writer: Any) -> None:
    wave = (np.sin(2 * np.pi * 440 * np.arange(BLOCK) / RATE) * 8000).astype(np.int16).tobytes()
    for count in itertools.count():
        await writer.write(
            webrtc.AudioData(webrtc.AudioDataInit("s16", RATE, BLOCK, 1, count * 10_000, wave))
        )
        await asyncio.sleep(BLOCK / RATE)


async def negotiate(peer: Any, http: aiohttp.ClientSession, url: str, bearer: str) -> str:
    """Offer with every candidate and take the answer; where the session lives."""
    await peer.set_local_description(await peer.create_offer())
    while peer.ice_gathering_state != "complete":
        await asyncio.sleep(0.02)
    headers = {"Content-Type": "application/sdp", "Authorization": f"Bearer {bearer}"}
    async with http.post(url, data=peer.local_description.sdp, headers=headers) as answer:
        text = await answer.text()
        if answer.status != 201:
            raise RuntimeError(text)
    await peer.set_remote_description(webrtc.RTCSessionDescriptionInit(type="answer", sdp=text))
    return urljoin(url, answer.headers["Location"])


async def decoded(peer: Any) -> dict[str, float]:
    """Frames of picture and energy of sound that came out."""
    found = {"video": 0.0, "audio": 0.0}
    for report in (await peer.get_stats()).values():
        if report.type == "inbound-rtp":
            name = "frames_decoded" if report.kind == "video" else "total_audio_energy"
            found[report.kind] = getattr(report, name) or 0.0
    return found


async def main(whip: str, whip_token: str, whep: str, whep_token: str) -> None:
    camera, microphone = webrtc.VideoTrackGenerator(), webrtc.MediaStreamTrackGenerator("audio")
    sender, player = webrtc.RTCPeerConnection(), webrtc.RTCPeerConnection()
    for track in (camera.track, microphone):
        sender.add_track(track)
    for kind in ("audio", "video"):
        player.add_transceiver(kind, webrtc.RTCRtpTransceiverInit(direction="recvonly"))
    loop = asyncio.get_running_loop()
    end = loop.run_in_executor(None, sys.stdin.read)
    async with aiohttp.ClientSession() as http:
        places = [
            await negotiate(sender, http, whip, whip_token),
            await negotiate(player, http, whep, whep_token),
        ]
        work = [
            asyncio.create_task(show(camera.writable.get_writer())),
            asyncio.create_task(sing(microphone.writable.get_writer())),
        ]
        while not end.done():
            print(json.dumps(await decoded(player)), flush=True)
            await asyncio.wait([end, *work], timeout=0.2)
        for place in places:
            await http.delete(place)
    os._exit(0)  # threads of the library now and then keep an interpreter from ending


asyncio.run(main(*sys.argv[1:]))
