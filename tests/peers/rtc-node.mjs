// A person on @livekit/rtc-node: shows a colour, sings, answers data, and says on each line what it decoded so far.
import {
  AudioFrame, AudioSource, AudioStream, LocalAudioTrack, LocalVideoTrack, Room, TrackKind, TrackPublishOptions,
  TrackSource, VideoBufferType, VideoFrame, VideoSource, VideoStream, dispose,
} from '@livekit/rtc-node';

const [url, token] = process.argv.slice(2);
const [WIDTH, HEIGHT, RATE, BLOCK] = [320, 240, 48000, 480];
const counts = { frames: {}, sound: {}, data: [] };
const room = new Room();

const count = async (stream, where, identity, counted) => {
  for await (const one of stream) if (counted(one)) where[identity] = (where[identity] ?? 0) + 1;
};
room.on('trackSubscribed', (track, publication, participant) => {
  if (track.kind === TrackKind.KIND_VIDEO) count(new VideoStream(track), counts.frames, participant.identity, () => true);
  else count(new AudioStream(track), counts.sound, participant.identity, (frame) => Math.max(...frame.data) > 1000);
});
room.on('dataReceived', async (bytes, participant) => {
  const text = new TextDecoder().decode(bytes);
  counts.data.push([participant?.identity, text]);
  await room.localParticipant.publishData(new TextEncoder().encode(`heard ${text}`), { reliable: true });
});

await room.connect(url, token, { autoSubscribe: true, dynacast: false });
const camera = new VideoSource(WIDTH, HEIGHT);
const microphone = new AudioSource(RATE, 1);
const publish = (track, source) =>
  room.localParticipant.publishTrack(track, new TrackPublishOptions({ source, simulcast: false }));
await publish(LocalVideoTrack.createVideoTrack('camera', camera), TrackSource.SOURCE_CAMERA);
await publish(LocalAudioTrack.createAudioTrack('microphone', microphone), TrackSource.SOURCE_MICROPHONE);

let going = true;
const show = setInterval(() => {
  const picture = new Uint8Array(WIDTH * HEIGHT * 4).fill((Date.now() / 10) % 256);
  camera.captureFrame(new VideoFrame(picture, WIDTH, HEIGHT, VideoBufferType.RGBA));
}, 66);
const tell = setInterval(() => console.log(JSON.stringify(counts)), 200);
const wave = Int16Array.from({ length: BLOCK }, (_, n) => 8000 * Math.sin((2 * Math.PI * 440 * n) / RATE));
const sing = async () => { while (going) await microphone.captureFrame(new AudioFrame(wave, RATE, 1, BLOCK)); };

process.stdin.resume().on('end', async () => {
  going = false;
  [show, tell].forEach(clearInterval);
  await room.disconnect();
  await dispose();
  process.exit(0);
});
await sing();
