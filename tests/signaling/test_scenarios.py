"""What livekit-client brings to try a server: its connection checks, and every mishap it can act out."""

from __future__ import annotations

import re

import pytest
from livekit.protocol import rtc as proto
from playwright.async_api import async_playwright

from tests.signaling.browsers import FILES, launch, open_peer, pages
from tests.signaling.peers import Client, Server, token, until
from tests.signaling.test_chromium import shown

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]
UNSUPPORTED = proto.RequestResponse.Reason.UNSUPPORTED_TYPE

# the client asks the server to misbehave, which ours does for nobody
REFUSED = {
    "speaker",
    "node-failure",
    "server-leave",
    "migration",
    "subscriber-bandwidth",
    "leave-full-reconnect",
}
# the client loses its line or its whole connection, whatever the server answers
BROKEN = {
    "signal-reconnect",
    "resume-reconnect",
    "full-reconnect",
    "force-tcp",
    "force-tls",
    "disconnect-signal-on-resume",
    "disconnect-signal-on-resume-no-messages",
}
LATER = {"fail-on-v1-path"}  # happens with the next connection

CHECKS = {
    "checkWebsocket": "SUCCESS",
    "checkWebRTC": "SUCCESS",
    "checkReconnect": "SUCCESS",
    "checkPublishAudio": "SUCCESS",
    "checkPublishVideo": "SUCCESS",
    "checkConnectionProtocol": "SUCCESS",
    "checkTURN": "SKIPPED",  # this worker names no relay; with one it is asked in test_transport
    "checkCloudRegion": "SKIPPED",
}


def known_to_the_client() -> set[str]:
    types = FILES["/livekit-client.esm.mjs"].parent / "src/room/types.d.ts"
    (line,) = re.findall(r"type SimulationScenario = (.*);", types.read_text())
    return set(re.findall(r"'([^']+)'", line))


async def test_a_call_lives_through_every_mishap_of_the_client(server: Server) -> None:
    assert known_to_the_client() == REFUSED | BROKEN | LATER
    other = await Client("p").join(server.url, "mishaps")
    await other.publish()
    with pages() as address:
        async with async_playwright() as playwright:
            browser = await launch(playwright)
            page = await open_peer(browser, address)
            await page.evaluate(f"peer.join('{server.url}', '{token('x', 'mishaps')}')")
            await page.evaluate("peer.publish()")
            await shown(page, "p", 10)
            for scenario in sorted(REFUSED):
                await page.evaluate("peer.seen.refused = []")
                await page.evaluate(f"peer.simulate('{scenario}', 100000)")
                await page.wait_for_function("peer.seen.refused.length == 1")
                assert await page.evaluate("peer.seen.refused") == [UNSUPPORTED], scenario
            assert await page.evaluate("peer.seen.reconnected") == 0
            for scenario in [*sorted(BROKEN), *LATER]:
                before = await page.evaluate("peer.seen.reconnected")
                await page.evaluate(f"peer.room.simulateScenario('{scenario}')")
                if scenario in LATER:
                    await page.evaluate("peer.room.simulateScenario('full-reconnect')")
                await page.wait_for_function(f"peer.seen.reconnected > {before}", timeout=15000)
                other.frames.clear()
                other.sound.clear()
                await until(lambda: other.frames["x"] > 5 and other.sound["x"] > 0, 10, scenario)
                await shown(page, "p", 10)
            assert await page.evaluate("peer.seen.disconnected") is None
            assert list(other.room.remote_participants) == ["x"]
            await browser.close()
    await other.leave()


async def test_the_clients_own_checks_find_nothing_wrong(server: Server) -> None:
    with pages() as address:
        async with async_playwright() as playwright:
            browser = await launch(playwright)
            page = await open_peer(browser, address)
            offered = await page.evaluate(
                "Object.getOwnPropertyNames(peer.livekit.ConnectionCheck.prototype)"
                ".filter((name) => name.startsWith('check'))"
            )
            assert set(offered) == CHECKS.keys()
            for name, expected in CHECKS.items():
                words = f"'{server.url}', '{token('x', name)}', '{name}'"
                found = await page.evaluate(f"peer.check({words})")
                assert found["status"] == expected, (name, found["logs"])
            await browser.close()
