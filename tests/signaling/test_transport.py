"""Ways to the media port: TCP where UDP is closed, relays, IPv6, and the addresses that are announced."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from livekit import rtc
from livekit.protocol import rtc as proto
from playwright.async_api import async_playwright
from websockets.asyncio.client import connect

from signaling.port import reachable
from signaling.turn import LIFE, Relays
from tests import ports
from tests.signaling.browsers import launch, open_peer, pages
from tests.signaling.offers import offer, section
from tests.signaling.peers import Client, Server, token, until
from tests.signaling.test_chromium import shown

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]
OUTWARD = reachable("0.0.0.0")[0]
SECRET = "shared-with-the-relay"
WITHOUT_UDP = """() => {
  const real = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
    return real.call(this, { type, sdp: sdp.replace(/a=candidate:.* udp .*\\r\\n/g, '') });
  };
}"""


async def candidates(url: str, room: str) -> list[str]:
    """What the server announces to somebody who offers."""
    async with connect(f"{url}/rtc/v1?access_token={token('asks', room)}") as line:
        description = proto.SessionDescription(type="offer", sdp=offer(section("data", "0")))
        await line.send(proto.SignalRequest(offer=description).SerializeToString())
        async for message in line:
            response = proto.SignalResponse.FromString(message)
            if response.HasField("answer"):
                return re.findall(r"a=candidate:(.*)\r\n", response.answer.sdp)
    raise AssertionError("no answer came")


async def test_configured_addresses_are_announced_for_udp_and_tcp() -> None:
    server = Server(more=["--public", "203.0.113.7", "--public", "2001:db8::7"])
    found = [line.split()[2:6] for line in await candidates(server.url, "r")]
    assert [(kind, address) for kind, _, address, _ in found] == [
        ("udp", "203.0.113.7"), ("udp", "2001:db8::7"), ("tcp", "203.0.113.7"), ("tcp", "2001:db8::7"),
    ]  # fmt: skip
    assert {port for *_, port in found} == {str(server.udp)}
    assert "Traceback" not in server.stop()
    quiet = Server(more=["--no-tcp"])
    assert not [line for line in await candidates(quiet.url, "r") if " tcp " in line]
    quiet.stop()


async def test_a_browser_without_udp_meets_over_tcp(server: Server) -> None:
    other = await Client("p").join(server.url, "tcp")
    await other.publish()
    with pages() as address:
        async with async_playwright() as playwright:
            browser = await launch(playwright)
            page = await open_peer(browser, address)
            await page.evaluate(WITHOUT_UDP)
            before = server.counts().get("streamed_in", 0)
            await page.evaluate(f"peer.join('{server.url}', '{token('x', 'tcp')}')")
            await page.evaluate("peer.publish()")
            assert (await shown(page, "p", 30))["lost"] == 0
            await until(lambda: other.frames["x"] > 20 and other.sound["x"] > 5, what="the browser's media")
            assert server.counts()["streamed_in"] > before + 100
            await browser.close()
    await other.leave()


async def test_streams_of_strangers_are_cut_off_and_harm_nobody(server: Server) -> None:
    person = await Client("a").join(server.url, "streams")
    random = Random(3)
    for size in (0, 1, 40, 3000):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.udp)
        for _ in range(20):
            content = random.randbytes(size)
            writer.write(len(content).to_bytes(2, "big") + content)
        if size in (0, 3000):  # no packet has such a length
            with contextlib.suppress(ConnectionError):
                assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.transport.abort()
    assert "internal_error" not in server.counts()
    assert person.room.isconnected()
    await person.leave()


async def meet(server: Server) -> None:
    """Two people see and hear each other there."""
    first, second = await Client("a").join(server.url, "meet"), await Client("b").join(server.url, "meet")
    await asyncio.gather(first.publish(), second.publish())
    await until(lambda: first.frames["b"] > 5 and second.sound["a"] > 5)
    await asyncio.gather(first.leave(), second.leave())
    assert "Traceback" not in server.stop()


async def test_media_flows_over_ipv6() -> None:
    found = reachable("::")[0]
    if ":" not in found or found == "::1":
        pytest.skip("this machine has no IPv6 address")
    await meet(Server(more=["--udp-host", found]))
    await meet(Server(more=["--udp-host", "::", "--public", found]))


async def test_one_socket_serves_both_families() -> None:
    await meet(Server(more=["--udp-host", "::", "--public", OUTWARD]))


class Coturn:
    """Debian's TURN server, which knows the secret and no users."""

    def __init__(self, folder: Path) -> None:
        self.port, self.log = ports.free(socket.SOCK_DGRAM), folder / "turn.log"
        self.process = subprocess.Popen(
            ["turnserver", "-n", "--no-cli", "--no-tls", "--no-dtls", "--realm=court", "--use-auth-secret",
             f"--static-auth-secret={SECRET}", f"--listening-ip={OUTWARD}", f"--relay-ip={OUTWARD}",
             f"--listening-port={self.port}", f"--userdb={folder}/users", f"--pidfile={folder}/pid",
             "--log-file=stdout", "--verbose", "--allow-loopback-peers"],
            stdout=self.log.open("w"), stderr=subprocess.STDOUT,
        )  # fmt: skip

    def relayed(self) -> int:
        return len(re.findall("ALLOCATE processed, success", self.log.read_text()))


@pytest.fixture
def coturn(tmp_path: Path) -> Iterator[Coturn]:
    if not shutil.which("turnserver"):
        pytest.skip("coturn is not installed")
    running = Coturn(tmp_path)
    yield running
    running.process.terminate()
    running.process.wait(10)


@pytest.mark.parametrize("protocol", ["udp", "tcp"])
async def test_media_flows_through_a_relay(coturn: Coturn, protocol: str) -> None:
    url = f"turn:{OUTWARD}:{coturn.port}?transport={protocol}"
    server = Server(public=OUTWARD, more=["--udp-host", OUTWARD, "--turn", url, "--turn-secret", SECRET])
    only = rtc.RtcConfiguration(ice_transport_type=rtc.IceTransportType.TRANSPORT_RELAY)
    first, second = Client("a"), Client("b")
    await until(lambda: "listener" in coturn.log.read_text().lower(), what="coturn is up")
    for client in (first, second):
        joined = client.room.connect(
            server.url, token(client.identity, "relay"), rtc.RoomOptions(rtc_config=only)
        )
        await asyncio.wait_for(joined, 15)
    await asyncio.gather(first.publish(), second.publish())
    await until(lambda: first.frames["b"] > 5 and second.sound["a"] > 5, 12)
    assert coturn.relayed() >= 2
    await asyncio.gather(first.leave(), second.leave())
    assert "Traceback" not in server.stop()


async def test_a_browsers_own_check_goes_through_the_relay(coturn: Coturn) -> None:
    url = f"turn:{OUTWARD}:{coturn.port}?transport=udp"
    server = Server(public=OUTWARD, more=["--udp-host", OUTWARD, "--turn", url, "--turn-secret", SECRET])
    await until(lambda: "listener" in coturn.log.read_text().lower(), what="coturn is up")
    with pages() as address:
        async with async_playwright() as playwright:
            browser = await launch(playwright)
            page = await open_peer(browser, address)
            found = await page.evaluate(f"peer.check('{server.url}', '{token('x', 'relay')}', 'checkTURN')")
            assert found["status"] == "SUCCESS", found["logs"]
            assert coturn.relayed() >= 1
            await browser.close()
    assert "Traceback" not in server.stop()


async def test_a_password_for_a_relay_is_good_for_a_day_of_hearing_only() -> None:
    relays = Relays(["turn:x"], SECRET)
    (given,) = relays.servers("a", 1000.0)
    assert given.username == f"{1000 + LIFE}:a"
    assert relays.servers("a", 1001.0)[0].credential != given.credential
    assert relays.links("a", 1000.0)[0].startswith('<turn:x>; rel="ice-server"; username="')
    assert Relays().servers("a", 0.0) == []
