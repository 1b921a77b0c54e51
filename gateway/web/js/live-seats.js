import { getSeatState } from "./api.js";
import { Poller } from "./poller.js";

/**
 * @typedef {{generation: string, number: bigint, letters: Uint8Array}} Known
 * @typedef {{generation: string, from: string, number: string, places: number[],
 *   states: string}} SeatChanges
 */

/**
 * Follows the seats of an event: by server-sent events, and by asking again and again where those
 * do not come through. Nothing is followed while the page is hidden.
 */
export class LiveSeats {
  #id;
  #show;
  #failed;
  /** @type {EventSource | undefined} */
  #source;
  /** @type {Known | undefined} */
  #known;
  #retry = 0;
  #isRunning = false;
  /** Asks while no events come. */
  #poller = new Poller(3000, (signal) => this.#ask(signal), (error) => this.#failed(error));
  #visibility = () => (document.hidden ? this.#close() : this.#open());

  /**
   * @param {string} id
   * @param {(states: string) => void} show a letter per place
   * @param {(error: Error) => void} failed
   */
  constructor(id, show, failed) {
    this.#id = id;
    this.#show = show;
    this.#failed = failed;
  }

  start() {
    if (this.#isRunning) return;
    this.#isRunning = true;
    document.addEventListener("visibilitychange", this.#visibility);
    if (!document.hidden) this.#open();
  }

  stop() {
    this.#isRunning = false;
    document.removeEventListener("visibilitychange", this.#visibility);
    this.#close();
  }

  #open() {
    this.#close();
    const source = new EventSource(`/api/events/${encodeURIComponent(this.#id)}/seats/live`);
    this.#source = source;
    source.addEventListener("open", () => this.#poller.stop());
    source.addEventListener("snapshot", (event) => this.#snapshot(JSON.parse(event.data)));
    source.addEventListener("changes", (event) => this.#changes(JSON.parse(event.data)));
    source.addEventListener("error", () => {
      // The browser connects again by itself, unless it was refused.
      this.#poller.start();
      if (source.readyState !== EventSource.CLOSED || source !== this.#source) return;
      this.#retry = setTimeout(() => this.#open(), 10_000 + Math.random() * 20_000);
    });
  }

  #close() {
    clearTimeout(this.#retry);
    this.#poller.stop();
    this.#source?.close();
    this.#source = undefined;
  }

  /** @param {AbortSignal} signal */
  async #ask(signal) {
    const state = await getSeatState(this.#id, signal);
    if (!signal.aborted) this.#snapshot(state);
  }

  /** @param {import("./api.js").SeatState} state */
  #snapshot({ version, states }) {
    const number = BigInt(version.number);
    // What was asked for may be older than what was told meanwhile.
    if (this.#known?.generation === version.generation && number < this.#known.number) return;
    const letters = new TextEncoder().encode(states);
    this.#known = { generation: version.generation, number, letters };
    this.#show(states);
  }

  /** @param {SeatChanges} changes */
  #changes(changes) {
    const known = this.#known;
    const number = BigInt(changes.number);
    if (!known || known.generation !== changes.generation || BigInt(changes.from) > known.number) {
      // Something is missing: a new source begins with the whole state.
      this.#known = undefined;
      this.#open();
      return;
    }
    if (number <= known.number) return;
    changes.places.forEach((place, index) => {
      known.letters[place] = changes.states.charCodeAt(index);
    });
    known.number = number;
    this.#show(new TextDecoder().decode(known.letters));
  }
}
