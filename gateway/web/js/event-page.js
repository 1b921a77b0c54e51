import { getEvent, getPlan } from "./api.js";
import { element } from "./dom.js";
import { count, eventState, money, venueTime } from "./format.js";
import { LiveSeats } from "./live-seats.js";
import { freeIn } from "./painter.js";
import { Plan } from "./plan.js";
import { Poller } from "./poller.js";
import { PriceTable, tally } from "./price-table.js";
import { SeatMap } from "./seat-map.js";
import { WaitingCounts } from "./waiting-counts.js";
import { WaitingList } from "./waiting-list.js";

/** <event-page>: one event with its seats, live. */
class EventPage extends HTMLElement {
  #id = new URLSearchParams(location.search).get("id") ?? "";
  #status = element("p", { role: "status", class: "quiet" }, "Loading the event …");
  #live = element("p", { role: "status", class: "visually-hidden" });
  #map = new SeatMap();
  #table = new PriceTable();
  #areas = element("ul");
  #waiting = new WaitingList();
  #counts = new WaitingCounts();
  /** @type {import("./api.js").Event | undefined} */
  #event;
  /** @type {Plan | undefined} */
  #plan;
  #states = "";
  #announced = 0;
  #loader = new Poller(2000, () => this.#begin(), (error) => this.#failed(error));
  #seats = new LiveSeats(
    this.#id, (states) => this.#follow(states), (error) => this.#failed(error));

  connectedCallback() {
    this.append(this.#status, this.#live);
    this.#loader.start();
  }

  disconnectedCallback() {
    this.#loader.stop();
    this.#seats.stop();
  }

  async #begin() {
    await this.#load();
    this.#loader.stop();
    this.#seats.start();
  }

  /** @param {string} states */
  async #follow(states) {
    // Places were added: the plan that is drawn is not the one that is sold.
    if (this.#plan && this.#states && states.length !== this.#states.length) {
      await this.#load().catch((error) => this.#failed(error));
    }
    this.#setStatus("", false);
    if (states === this.#states) return;
    this.#states = states;
    this.#show(states);
  }

  async #load() {
    const isFirst = !this.#plan;
    const [event, file] = await Promise.all([getEvent(this.#id), getPlan(this.#id)]);
    this.#event = event;
    this.#plan = new Plan(file, event);
    if (isFirst) this.#build(event);
    this.#waiting.show(event);
    this.#counts.show(event);
    this.#table.show(this.#plan, event.currency);
    this.#map.show(this.#plan, event.currency);
  }

  /** @param {import("./api.js").Event} event */
  #build(event) {
    document.title = `${event.title} – Usher`;
    this.prepend(
      element("h1", {}, event.title),
      element(
        "p", {},
        element("time", { datetime: event.startsAt }, venueTime(event.startsAt, event.timeZone)),
        ` · ${event.venue} · ${eventState(event.state)}`),
      element("p", { class: "description" }, event.description));
    this.append(element(
      "div", { class: "event-body" },
      element(
        "section", { "aria-labelledby": "map-title" },
        element("h2", { id: "map-title" }, "Seats"), this.#map),
      element(
        "section", { "aria-labelledby": "price-title" },
        element("h2", { id: "price-title" }, "Prices"), this.#table, this.#areas),
      element(
        "section", { "aria-labelledby": "waiting-title" },
        element("h2", { id: "waiting-title" }, "Waiting list"), this.#waiting,
        this.#counts)));
  }

  /** @param {string} states */
  #show(states) {
    const [plan, event] = [this.#plan, this.#event];
    if (!plan || !event) return;
    this.#map.update(states);
    const tallies = tally(plan, states);
    this.#table.update(tallies);
    this.#areas.replaceChildren(...plan.areas.filter((area) => area.capacity > 0).map((area) => {
      const price = money(plan.categories[area.category]?.priceMinor ?? 0, event.currency);
      const left = `${count(freeIn(states, area))} of ${count(area.capacity)} places left`;
      return element("li", {}, `${area.name}, without seat numbers: ${left}, ${price} each`);
    }));
    // Heard at most every 15 seconds, or nothing else would be.
    if (Date.now() - this.#announced < 15_000) return;
    this.#announced = Date.now();
    const free = tallies.reduce((sum, one) => sum + one.free, 0);
    this.#live.textContent = `${count(free)} places are free.`;
  }

  /** @param {Error & {status?: number}} error */
  #failed(error) {
    if (error.status === 404 || error.status === 403) {
      this.#loader.stop();
      this.#seats.stop();
    }
    const what = this.#plan ? "The seats are not up to date; trying again." : "Not shown yet.";
    this.#setStatus(error.status === 404 ? "There is no such event." : `${what} ${error.message}`, true);
  }

  /** @param {string} text @param {boolean} isAlarm */
  #setStatus(text, isAlarm) {
    if (this.#status.textContent !== text) this.#status.textContent = text;
    this.#status.classList.toggle("alarm", isAlarm);
  }
}

customElements.define("event-page", EventPage);
