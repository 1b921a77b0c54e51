import { element } from "./dom.js";
import { count, money } from "./format.js";
import { Poller } from "./poller.js";
import { isLoggedIn, logIn, send } from "./session.js";

/**
 * @typedef {{token: string, expiresAt: string, totalMinor: string, currency: string,
 *   places: {label: string, category: string, priceMinor: string}[]}} Offer
 * @typedef {{state: string, category: string, quantity: number, together: boolean,
 *   wheelchairPlaces: number, companionPlaces: number, position: number, offer?: Offer,
 *   offerExpiresAt?: string}} Entry
 */

/** <waiting-list>: join the list of an event, see where one stands, take or give back an offer. */
export class WaitingList extends HTMLElement {
  #path = "";
  /** @type {import("./api.js").Event | undefined} */
  #event;
  #status = element("p", { role: "status", "aria-live": "polite" });
  #body = element("div");
  #clock = element("span", { class: "countdown" });
  #shown = "";
  #deadline = 0;
  #spoken = Infinity;
  #timer = 0;
  #poller = new Poller(5000, (signal) => this.#load(signal), (error) => this.#failed(error));

  connectedCallback() {
    this.replaceChildren(this.#status, this.#body);
  }

  disconnectedCallback() {
    this.#poller.stop();
    clearInterval(this.#timer);
  }

  /** @param {import("./api.js").Event} event */
  show(event) {
    this.#event = event;
    this.#path = `/api/events/${encodeURIComponent(event.eventId)}/waiting-list`;
    if (event.state === "EVENT_STATE_CANCELLED") {
      this.#poller.stop();
      this.#render("cancelled", element("p", {}, "The event is cancelled; nobody waits any more."));
    } else if (isLoggedIn()) {
      this.#poller.start();
    } else {
      this.#askWho();
    }
  }

  /** @param {AbortSignal} signal */
  async #load(signal) {
    try {
      this.#follow((await send("GET", this.#path, undefined, signal)).entry);
    } catch (error) {
      if (error.status === 401) this.#askWho();
      else if (error.code === "not_waiting") this.#askWish();
      else throw error;
    }
  }

  /** @param {Entry} entry */
  #follow(entry) {
    switch (entry.state) {
      case "WAITING_STATE_WAITING":
        return this.#wait(entry);
      case "WAITING_STATE_OFFERED":
        return entry.offer ? this.#offer(entry.offer) : this.#say("Your offer is being looked up.");
      case "WAITING_STATE_ACCEPTED":
        return this.#askWish("You have booked what you were offered.");
      case "WAITING_STATE_EXPIRED":
        return this.#askWish("The time of your offer is over. You may join again, at the end.");
      case "WAITING_STATE_DECLINED":
        return this.#askWish("You gave your offer back.");
      case "WAITING_STATE_ENDED":
        return this.#askWish("The list ended.");
      default:
        return this.#askWish();
    }
  }

  #askWho() {
    this.#poller.stop();
    const email = element("input", { type: "email", autocomplete: "username", required: "" });
    const password = element(
      "input", { type: "password", autocomplete: "current-password", required: "" });
    const form = element(
      "form", {},
      element("p", {}, "Log in to wait for places that come back."),
      element("label", {}, "E-mail ", email), element("label", {}, "Password ", password),
      element("button", { type: "submit" }, "Log in"));
    form.addEventListener("submit", (submitted) => {
      submitted.preventDefault();
      this.#act(form, async () => {
        await logIn(email.value, password.value);
        this.#say("You are logged in.");
        this.#poller.start();
      });
    });
    this.#render("who", form);
  }

  /** @param {string} [news] */
  #askWish(news = "") {
    const event = this.#event;
    if (!event) return;
    const category = element(
      "select", {}, element("option", { value: "" }, "Any category"),
      ...event.categories.map((one) => element("option", { value: one.name }, one.name)));
    const most = String(event.maxPlacesPerHold || 10);
    const number = (/** @type {string} */ value, /** @type {string} */ min) => element(
      "input", { type: "number", inputmode: "numeric", value, min, max: most });
    const [places, wheelchairs, companions] = [number("2", "0"), number("0", "0"), number("0", "0")];
    const together = element("input", { type: "checkbox", checked: "" });
    const form = element(
      "form", {},
      element(
        "p", {}, "Nothing that suits you is free? Wait for places that come back: they are offered in "
          + "order. Whoever needs many side by side may be passed by those who need fewer."),
      element("label", {}, "Category ", category), element("label", {}, "Places ", places),
      element("label", {}, together, " side by side"),
      element(
        "fieldset", {}, element("legend", {}, "Or places for wheelchairs"),
        element("label", {}, "Wheelchair places ", wheelchairs),
        element("label", {}, "Companions' seats ", companions)),
      element("button", { type: "submit" }, "Join the waiting list"));
    form.addEventListener("submit", (submitted) => {
      submitted.preventDefault();
      const onWheels = Number(wheelchairs.value) || 0;
      this.#act(form, async () => {
        const answer = await send("POST", this.#path, {
          category: category.value, quantity: onWheels ? 0 : Number(places.value) || 0,
          together: together.checked, wheelchairPlaces: onWheels,
          companionPlaces: Number(companions.value) || 0,
        });
        this.#follow(answer.entry);
      });
    });
    // What somebody is typing is not taken away from them.
    if (this.#render("wish", form) && news) this.#say(news);
  }

  /** @param {Entry} entry */
  #wait(entry) {
    const wish = entry.wheelchairPlaces
      ? `${entry.wheelchairPlaces} wheelchair, ${entry.companionPlaces} companions`
      : `${entry.quantity}${entry.together ? " side by side" : ""}`;
    const place = `You are number ${count(entry.position)} on the waiting list.`;
    const isNew = this.#render(
      `wait ${entry.position}`,
      element("p", {}, `${place} Wanted: ${wish}, ${entry.category || "any category"}.`),
      element("p", { class: "quiet" }, "When it is your turn, we hold the places and mail you."),
      this.#button("Leave the list", () => this.#leave()));
    if (isNew) this.#say(place);
  }

  /** @param {Offer} offer */
  #offer(offer) {
    const isNew = this.#render(
      `offer ${offer.expiresAt}`,
      element("p", {}, "These places are held for you:"),
      element("ul", {}, ...offer.places.map((one) => element(
        "li", {}, `${one.label} · ${one.category} · ${money(one.priceMinor, offer.currency)}`))),
      element("p", {}, `Total ${money(offer.totalMinor, offer.currency)}. Yours for `, this.#clock),
      this.#button("Accept and book", () => this.#accept(offer)),
      " ", this.#button("Give them back", () => this.#leave()));
    if (!isNew) return;
    this.#say("It is your turn: places are held for you.");
    this.#deadline = Date.parse(offer.expiresAt);
    this.#spoken = Infinity;
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#tick(), 1000);
    this.#tick();
  }

  /** Shows the time left each second, and says it when it gets short. */
  #tick() {
    const left = Math.max(0, Math.round((this.#deadline - Date.now()) / 1000));
    const text = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    this.#clock.textContent = `${text} minutes`;
    const mark = [60, 300, 900].find((one) => left <= one) ?? Infinity;
    if (mark < this.#spoken) {
      this.#spoken = mark;
      this.#say(`${Math.max(1, Math.ceil(left / 60))} minutes left to accept your offer.`);
    }
    if (left === 0) clearInterval(this.#timer);
  }

  /** @param {Offer} offer */
  async #accept(offer) {
    const answer = await send("POST", "/api/bookings", { holdToken: offer.token });
    this.#render(
      "booked", element(
        "p", {}, `Booked as ${answer.booking.bookingId}. Pay it until `,
        element("time", { datetime: answer.booking.payBy }, new Date(answer.booking.payBy).toLocaleTimeString()),
        "."));
    this.#poller.stop();
    this.#say("Your places are booked.");
  }

  async #leave() {
    await send("DELETE", this.#path);
    this.#say("You are not on the waiting list any more.");
    this.#shown = "";
    this.#askWish();
  }

  /** @param {string} text @param {() => Promise<void>} act */
  #button(text, act) {
    const button = element("button", { type: "button" }, text);
    button.addEventListener("click", () => this.#act(button, act));
    return button;
  }

  /** Does something once, and says what came of it. @param {HTMLElement} from @param {() => Promise<void>} act */
  async #act(from, act) {
    const buttons = from.matches("button") ? [from] : [...from.querySelectorAll("button")];
    buttons.forEach((one) => one.setAttribute("aria-disabled", "true"));
    if (from.dataset.busy) return;
    from.dataset.busy = "1";
    try {
      await act();
    } catch (error) {
      if (error.status === 401 && from.matches("button")) this.#askWho();
      this.#failed(error);
    } finally {
      delete from.dataset.busy;
      buttons.forEach((one) => one.removeAttribute("aria-disabled"));
    }
  }

  /**
   * Shows something, unless it is shown already; keeps the focus inside.
   * @param {string} what names what is shown
   * @param {...(Node|string)} nodes
   */
  #render(what, ...nodes) {
    if (this.#shown === what) return false;
    if (!what.startsWith("offer")) clearInterval(this.#timer);
    this.#shown = what;
    const hadFocus = this.#body.contains(document.activeElement);
    this.#body.replaceChildren(...nodes);
    if (hadFocus) /** @type {HTMLElement | null} */ (this.#body.querySelector("input, button, select"))?.focus();
    return true;
  }

  /** @param {Error} error */
  #failed(error) {
    this.#say(error.message, true);
  }

  /** @param {string} text */
  #say(text, isAlarm = false) {
    this.#status.textContent = text;
    this.#status.classList.toggle("alarm", isAlarm);
  }
}

customElements.define("waiting-list", WaitingList);
