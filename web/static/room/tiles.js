// One tile for each person in the room, all the same size: applicant, respondent, mediator.
import { Track } from "livekit-client";

const ORDER = { applicant: 0, respondent: 1, mediator: 2 };

export class Tiles {
  constructor(hall) {
    this.say = hall.dataset;
    this.box = document.getElementById("tiles");
    this.sounds = document.getElementById("sounds");
  }

  clear() { this.box.replaceChildren(); this.sounds.replaceChildren(); }

  show(room, soundOnly) {
    const people = [room.localParticipant, ...room.remoteParticipants.values()].filter((one) => one.identity);
    people.sort((a, b) => (ORDER[a.attributes.role] ?? 9) - (ORDER[b.attributes.role] ?? 9) || a.identity.localeCompare(b.identity));
    const wanted = new Map();
    for (const person of people) {
      wanted.set(person.identity, { person, source: Track.Source.Camera });
      if (person.isScreenShareEnabled) wanted.set(`${person.identity}/screen`, { person, source: Track.Source.ScreenShare });
    }
    for (const tile of [...this.box.children]) if (!wanted.has(tile.dataset.tile)) tile.remove();
    let place = 0;
    for (const [key, { person, source }] of wanted) {
      const tile = this.#tile(key);
      if (this.box.children[place] !== tile) this.box.insertBefore(tile, this.box.children[place] ?? null);
      place += 1;
      this.#fill(tile, person, source, soundOnly);
    }
    this.box.dataset.count = wanted.size;
    this.#hear(room);
  }

  #tile(key) {
    const known = [...this.box.children].find((one) => one.dataset.tile === key);
    if (known) return known;
    const tile = document.createElement("figure");
    tile.className = "tile-live";
    tile.dataset.tile = key;
    const video = Object.assign(document.createElement("video"), { autoplay: true, playsInline: true, muted: true });
    const initial = Object.assign(document.createElement("span"), { className: "initial" });
    initial.setAttribute("aria-hidden", "true");
    const caption = document.createElement("figcaption");
    caption.append(document.createElement("b"), document.createElement("small"), Object.assign(document.createElement("span"), { className: "states" }));
    tile.append(initial, video, caption);
    return tile;
  }

  #fill(tile, person, source, soundOnly) {
    const publication = person.getTrackPublication(source);
    const track = publication?.track;
    const video = tile.querySelector("video");
    const visible = Boolean(track) && !publication.isMuted && !(soundOnly && !person.isLocal);
    if (visible && tile.dataset.track !== track.sid + person.isLocal) { track.attach(video); tile.dataset.track = track.sid + person.isLocal; }
    if (!visible && tile.dataset.track) { video.srcObject = null; delete tile.dataset.track; }
    tile.dataset.identity = person.identity;
    tile.dataset.local = person.isLocal;
    tile.dataset.screen = source === Track.Source.ScreenShare;
    tile.classList.toggle("is-dark", !visible);
    tile.classList.toggle("is-speaking", person.isSpeaking);
    const name = person.name || person.identity;
    tile.querySelector(".initial").textContent = [...name][0] ?? "";
    const [bold, small, states] = tile.querySelector("figcaption").children;
    bold.textContent = person.isLocal ? name + this.say.sayYou : name;
    small.textContent = source === Track.Source.ScreenShare ? this.say.sayScreen : this.#role(person);
    const told = [person.isMicrophoneEnabled ? "" : this.say.sayMuted, visible ? "" : this.say.sayNoCamera, visible && track.streamState === Track.StreamState.Paused ? this.say.sayStill : ""];
    states.textContent = source === Track.Source.ScreenShare ? "" : told.filter(Boolean).join(" · ");
    video.setAttribute("aria-label", `${bold.textContent} ${small.textContent}`);
  }

  #role(person) {
    const role = person.attributes.role ?? "";
    return role ? this.say[`say${role[0].toUpperCase()}${role.slice(1)}`] ?? "" : "";
  }

  // Sound elements stand apart from the tiles, so that a picture that goes takes no voice with it.
  #hear(room) {
    const wanted = new Map();
    for (const person of room.remoteParticipants.values()) {
      for (const publication of person.audioTrackPublications.values()) if (publication.track) wanted.set(publication.trackSid, publication.track);
    }
    for (const one of [...this.sounds.children]) if (!wanted.has(one.dataset.sid)) one.remove();
    for (const [sid, track] of wanted) {
      if ([...this.sounds.children].some((one) => one.dataset.sid === sid)) continue;
      const sound = track.attach();
      sound.dataset.sid = sid;
      this.sounds.append(sound);
    }
  }
}
