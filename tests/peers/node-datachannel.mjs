// A mirror on node-datachannel: takes one person's picture out by WHEP and brings the same packets in by WHIP.
import nodeDataChannel from 'node-datachannel';

const [whep, whepToken, whip, whipToken] = process.argv.slice(2);
const [TYPE, SSRC] = [96, 4242];
const counts = { received: 0, sent: 0, states: {} };

const connect = async (name, url, token, direction) => {
  const peer = new nodeDataChannel.PeerConnection(name, { iceServers: [] });
  peer.onStateChange((state) => { counts.states[name] = state; });
  const video = new nodeDataChannel.Video('0', direction);
  video.addVP8Codec(TYPE);
  if (direction === 'SendOnly') video.addSSRC(SSRC, 'mirror', 'mirror', 'mirror');
  const track = peer.addTrack(video);
  track.setMediaHandler(new nodeDataChannel.RtcpReceivingSession());
  const gathered = new Promise((resolve) => {
    peer.onGatheringStateChange((state) => { if (state === 'complete') resolve(); });
  });
  peer.setLocalDescription('offer');
  await gathered;
  const headers = { 'Content-Type': 'application/sdp', Authorization: `Bearer ${token}` };
  const ask = () => fetch(url, { method: 'POST', headers, body: peer.localDescription().sdp });
  let answer = await ask();
  while (answer.status === 409) { // nothing is published yet
    await new Promise((resolve) => setTimeout(resolve, 1000 * answer.headers.get('retry-after')));
    answer = await ask();
  }
  if (answer.status !== 201) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
  peer.setRemoteDescription(await answer.text(), 'answer');
  return { peer, track, place: new URL(answer.headers.get('location'), url) };
};

const taken = await connect('whep', whep, whepToken, 'RecvOnly');
const brought = await connect('whip', whip, whipToken, 'SendOnly');
taken.track.onMessage((packet) => {
  if (packet.length < 12 || (packet[1] & 0x7f) !== TYPE) return;
  counts.received += 1;
  packet.writeUInt32BE(SSRC, 8);
  if (brought.track.isOpen() && brought.track.sendMessageBinary(packet)) counts.sent += 1;
});
const tell = setInterval(() => {
  if (taken.track.isOpen()) taken.track.requestKeyframe();
  console.log(JSON.stringify(counts));
}, 300);
process.stdin.resume().on('end', async () => {
  clearInterval(tell);
  for (const { peer, place } of [taken, brought]) {
    await fetch(place, { method: 'DELETE' });
    peer.close();
  }
  nodeDataChannel.cleanup();
  process.exit(0);
});
