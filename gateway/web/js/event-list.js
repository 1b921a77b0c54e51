import { listEvents } from "./api.js";
import { element } from "./dom.js";
import { count, eventState, money, venueTime } from "./format.js";

/** <event-list>: the published events, page by page. */
class EventList extends HTMLElement {
  #list = element("ul", { class: "events", role: "list" });
  #status = element("p", { role: "status", class: "quiet" });
  #more = element("button", { type: "button", hidden: "" }, "More events");
  #token = "";

  connectedCallback() {
    this.append(this.#list, this.#status, this.#more);
    this.#more.addEventListener("click", () => this.#load());
    this.#load();
  }

  async #load() {
    this.#more.disabled = true;
    this.#status.textContent = "Loading the events …";
    this.#status.classList.remove("alarm");
    try {
      const page = await listEvents(this.#token);
      const items = page.events.map(item);
      this.#list.append(...items);
      if (this.#token) items[0]?.querySelector("a")?.focus();
      this.#token = page.nextPageToken;
      this.#status.textContent = this.#list.children.length ? "" : "There are no events yet.";
      this.#more.hidden = !this.#token;
      this.#more.textContent = "More events";
    } catch (error) {
      this.#status.textContent = `The events cannot be shown. ${error.message}`;
      this.#status.classList.add("alarm");
      this.#more.hidden = false;
      this.#more.textContent = "Try again";
    }
    this.#more.disabled = false;
  }
}

/** @param {import("./api.js").Event} event */
function item(event) {
  const prices = event.categories.map((category) => Number(category.priceMinor));
  const from = prices.length ? `From ${money(Math.min(...prices), event.currency)} · ` : "";
  const state = eventState(event.state);
  return element(
    "li", {},
    element("h2", {}, element(
      "a", { href: `/event.html?id=${encodeURIComponent(event.eventId)}` }, event.title)),
    element("p", {}, element(
      "time", { datetime: event.startsAt }, venueTime(event.startsAt, event.timeZone))),
    element("p", {}, event.venue),
    element("p", { class: "quiet" }, `${from}${count(event.placeCount)} places · ${state}`));
}

customElements.define("event-list", EventList);
