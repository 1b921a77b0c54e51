import { element } from "./dom.js";
import { count } from "./format.js";
import { Poller } from "./poller.js";
import { mayRun, send } from "./session.js";

/**
 * @typedef {{category: string, waiting: number, placesWanted: number, offered: number,
 *   placesOffered: number, accepted: number, expired: number, declined: number, left: number,
 *   ended: number}} Counts
 */

/** What is shown of each: its name and the number, with the places that it is about. */
const columns = /** @type {{head: string, text: (one: Counts) => string}[]} */ ([
  { head: "Waiting", text: (one) => people(one.waiting, one.placesWanted) },
  { head: "Offers open", text: (one) => people(one.offered, one.placesOffered) },
  { head: "Booked", text: (one) => count(one.accepted) },
  { head: "Time ran out", text: (one) => count(one.expired) },
  { head: "Given back", text: (one) => count(one.declined) },
  { head: "Left", text: (one) => count(one.left) },
]);

/** @param {number} entries @param {number} places */
function people(entries, places) {
  return entries === places ? count(entries) : `${count(entries)} for ${count(places)} places`;
}

/** <waiting-counts>: a list in numbers, by category, for those who run the event; else nothing. */
export class WaitingCounts extends HTMLElement {
  #path = "";
  /** @type {import("./api.js").Event | undefined} */
  #event;
  #shown = "";
  #poller = new Poller(10_000, (signal) => this.#load(signal), (error) => this.#failed(error));

  connectedCallback() {
    this.hidden = true;
  }

  disconnectedCallback() {
    this.#poller.stop();
  }

  /** @param {import("./api.js").Event} event */
  show(event) {
    this.#event = event;
    this.#path = `/api/events/${encodeURIComponent(event.eventId)}/waiting-list/counts`;
    this.#poller.start();
  }

  /** @param {AbortSignal} signal */
  async #load(signal) {
    // Somebody may log in, or out, while the page is open.
    this.hidden = !this.#event || !mayRun(this.#event);
    if (this.hidden) return;
    this.#render(await send("GET", this.#path, undefined, signal));
  }

  /** @param {{total?: Counts, categories: Counts[]}} answer */
  #render(answer) {
    const shown = JSON.stringify(answer);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const [rows, total] = [answer.categories, answer.total];
    if (!total || rows.length === 0) {
      this.replaceChildren(element("p", { class: "quiet" }, "Nobody has waited so far."));
      return;
    }
    const line = (/** @type {string} */ name, /** @type {Counts} */ one) => element(
      "tr", {}, element("th", { scope: "row" }, name),
      ...columns.map((column) => element("td", {}, column.text(one))));
    this.replaceChildren(element(
      "table", {},
      element("caption", {}, "The list in numbers, by category wished for; 90 days back"),
      element("thead", {}, element(
        "tr", {}, ...["Category", ...columns.map((column) => column.head)].map(
          (head) => element("th", { scope: "col" }, head)))),
      element(
        "tbody", {}, ...rows.map((one) => line(one.category || "Any", one)),
        ...(rows.length > 1 ? [line("All", total)] : []))));
  }

  /** @param {Error} error */
  #failed(error) {
    this.#shown = "";
    this.replaceChildren(
      element("p", { class: "alarm" }, `The numbers of the list are not shown: ${error.message}`));
  }
}

customElements.define("waiting-counts", WaitingCounts);
