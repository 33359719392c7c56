// The connection to the media server. Joining, coming back and being moved are the client library's work;
// a new ticket is fetched whenever the old connection is really lost.
import { ConnectionQuality, ConnectionState, DefaultReconnectPolicy, DisconnectReason, Room, RoomEvent, Track } from "livekit-client";
import { Tiles } from "./tiles.js";

// the library's own pauses grow to seven seconds; here few people come back to a server that is back at once
const PAUSES = [0, 300, 500, 700, 1000, 1000, 1500, 2000, 2000, 3000, 3000, 5000, 5000, 7000, 7000];
const FINAL = new Set([DisconnectReason.DUPLICATE_IDENTITY, DisconnectReason.PARTICIPANT_REMOVED]);

export class Call {
  constructor(hall) {
    this.hall = hall;
    this.say = hall.dataset;
    this.onChange = () => {};
    this.soundOnly = false;
    this.wanted = { microphone: true, camera: true };
    this.tiles = new Tiles(hall);
    this.room = new Room({ adaptiveStream: true, dynacast: true, stopLocalTrackOnUnpublish: true, reconnectPolicy: new DefaultReconnectPolicy(PAUSES) });
    this.#watch();
  }

  async open() {
    this.#line(this.say.sayJoining);
    try {
      const answer = await fetch(`/sittings/${this.say.sitting}/ticket`, { method: "POST" });
      if (this.elsewhere && answer.status === 404) { location.reload(); return; }
      if (!answer.ok || answer.redirected) throw new Error(`ticket ${answer.status}`);
      const { token, url } = await answer.json();
      this.elsewhere = url;
      await this.room.connect(url || location.origin.replace(/^http/, "ws"), token);
    } catch {
      this.#line(this.say.sayNoServer);
      setTimeout(() => this.open(), 2500);
      return;
    }
    this.#line(this.say.sayJoined);
    await this.#publish();
    this.#changed();
  }

  get state() { return this.room.state; }
  get self() { return this.room.localParticipant; }

  async #publish() {
    for (const device of ["microphone", "camera"]) {
      if (!this.wanted[device]) continue;
      try {
        await this.#device(device, true);
      } catch (fault) {
        this.#line(fault.name === "NotAllowedError" ? this.say.sayNoPermission : this.say.sayNoDevice);
      }
    }
  }

  #device(device, on) {
    return device === "microphone" ? this.self.setMicrophoneEnabled(on) : this.self.setCameraEnabled(on);
  }

  isOn(device) {
    return { microphone: this.self.isMicrophoneEnabled, camera: this.self.isCameraEnabled, share: this.self.isScreenShareEnabled, "sound-only": this.soundOnly }[device];
  }

  async toggle(device) {
    const on = !this.isOn(device);
    try {
      if (device === "share") await this.self.setScreenShareEnabled(on, { audio: false });
      else if (device === "sound-only") await this.#onlySound(on);
      else { this.wanted[device] = on; await this.#device(device, on); }
    } catch (fault) {
      if (device !== "share") this.#line(fault.name === "NotAllowedError" ? this.say.sayNoPermission : this.say.sayNoDevice);
    }
    this.#changed();
  }

  // Saves a weak line: no picture in either direction, sound stays.
  async #onlySound(on) {
    this.soundOnly = on;
    await this.self.setCameraEnabled(!on && this.wanted.camera);
    for (const person of this.room.remoteParticipants.values()) {
      person.videoTrackPublications.forEach((one) => one.setSubscribed(!on));
    }
  }

  play() { return this.room.startAudio(); }

  #watch() {
    const on = (event, act) => this.room.on(event, act);
    for (const event of [RoomEvent.ParticipantConnected, RoomEvent.ParticipantDisconnected, RoomEvent.TrackSubscribed, RoomEvent.TrackUnsubscribed, RoomEvent.TrackUnpublished, RoomEvent.TrackMuted, RoomEvent.TrackUnmuted, RoomEvent.LocalTrackPublished, RoomEvent.LocalTrackUnpublished, RoomEvent.ParticipantAttributesChanged, RoomEvent.Moved, RoomEvent.ActiveSpeakersChanged, RoomEvent.AudioPlaybackStatusChanged, RoomEvent.TrackStreamStateChanged]) {
      on(event, () => this.#changed());
    }
    on(RoomEvent.TrackPublished, (one) => { if (this.soundOnly && one.kind === Track.Kind.Video) one.setSubscribed(false); });
    on(RoomEvent.Reconnecting, () => this.#line(this.say.sayAgain));
    on(RoomEvent.SignalReconnecting, () => this.#line(this.say.sayAgain));
    on(RoomEvent.Reconnected, () => this.#line(this.say.sayJoined));
    on(RoomEvent.ConnectionQualityChanged, (quality, person) => {
      if (person.isLocal && this.state === ConnectionState.Connected) this.#line(quality === ConnectionQuality.Poor ? this.say.sayPoor : this.say.sayJoined);
    });
    on(RoomEvent.Disconnected, (reason) => {
      this.tiles.clear();
      if (reason === DisconnectReason.DUPLICATE_IDENTITY) { this.#line(this.say.sayElsewhere); return; }
      // a cluster moves nobody: who is put out of one room asks where to go next, once
      if (this.elsewhere && reason === DisconnectReason.PARTICIPANT_REMOVED) { this.open(); return; }
      if (FINAL.has(reason) || reason === DisconnectReason.ROOM_DELETED) { location.reload(); return; }
      this.#line(this.say.sayAgain);
      setTimeout(() => this.open(), 1000);
    });
  }

  #changed() {
    this.tiles.show(this.room, this.soundOnly);
    this.onChange();
  }

  #line(text) { document.getElementById("line").textContent = text; }
}
