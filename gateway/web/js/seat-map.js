import { element } from "./dom.js";
import { count, money } from "./format.js";
import { listen } from "./gestures.js";
import { Painter, freeIn } from "./painter.js";
import { SeatGrid } from "./seat-grid.js";
import { Viewport } from "./viewport.js";

/** <seat-map>: a seating plan on a canvas, to look at by mouse, touch and keyboard. */
export class SeatMap extends HTMLElement {
  #canvas = element("canvas", {
    tabindex: "0", role: "application", "aria-label": "Seat map", "aria-describedby": "map-help",
  });
  #place = element("p", { class: "map-place", "aria-live": "polite" });
  #view = new Viewport();
  /** @type {import("./plan.js").Plan | undefined} */
  #plan;
  /** @type {SeatGrid | undefined} */
  #grid;
  /** @type {Painter | undefined} */
  #painter;
  #states = "";
  #currency = "EUR";
  #current = -1;
  #isFitted = true;
  #frame = 0;
  #theme = matchMedia("(prefers-color-scheme: dark)");
  #onTheme = () => {
    this.#painter?.readTheme(this);
    this.#redraw();
  };
  #resize = new ResizeObserver(() => this.#measure());
  /** Duration of the last drawing, milliseconds. */
  drawTime = 0;

  connectedCallback() {
    const button = (/** @type {string} */ text, /** @type {string} */ label, /** @type {() => void} */ act) => {
      const node = element("button", { type: "button", "aria-label": label }, text);
      node.addEventListener("click", act);
      return node;
    };
    this.replaceChildren(
      element(
        "div", { class: "map-tools", role: "group", "aria-label": "Map view" },
        button("+", "Zoom in", () => this.zoom(1.4)),
        button("−", "Zoom out", () => this.zoom(1 / 1.4)),
        button("Whole plan", "Show the whole plan", () => this.fit())),
      element("div", { class: "map-frame" }, this.#canvas),
      this.#place,
      element(
        "p", { id: "map-help", class: "quiet" },
        "Drag to move, wheel or pinch to zoom. With the keyboard: arrows go from seat to seat, "
          + "Shift and arrows move the plan, + and − zoom, 0 shows the whole plan."));
    listen(this.#canvas, this);
    this.#resize.observe(this.#canvas);
    this.#theme.addEventListener("change", this.#onTheme);
  }

  disconnectedCallback() {
    this.#resize.disconnect();
    this.#theme.removeEventListener("change", this.#onTheme);
    cancelAnimationFrame(this.#frame);
  }

  /**
   * @param {import("./plan.js").Plan} plan
   * @param {string} currency
   */
  show(plan, currency) {
    this.#plan = plan;
    this.#currency = currency;
    this.#grid = new SeatGrid(plan);
    this.#painter = new Painter(plan, this.#grid);
    this.#painter.readTheme(this);
    this.#current = -1;
    this.#measure();
    this.fit();
  }

  /** @param {string} states a letter per place */
  update(states) {
    if (states === this.#states) return;
    const before = this.#states[this.#current];
    this.#states = states;
    if (this.#current >= 0 && states[this.#current] !== before) this.#name(this.#current);
    this.#redraw();
  }

  /** @param {number} dx @param {number} dy */
  pan(dx, dy) {
    if (!this.#plan) return;
    this.#isFitted = false;
    this.#view.pan(dx, dy, this.#plan.bounds);
    this.#redraw();
  }

  /** @param {number} factor @param {number} [x] @param {number} [y] */
  zoom(factor, x, y) {
    this.#isFitted = false;
    this.#view.zoom(factor, x, y);
    this.pan(0, 0);
  }

  fit() {
    if (!this.#plan) return;
    this.#isFitted = true;
    this.#view.fit(this.#plan.bounds);
    this.#redraw();
  }

  /** Names what is under the pointer. @param {number} x @param {number} y */
  point(x, y) {
    if (!this.#plan || !this.#grid) return;
    const [px, py] = [(x - this.#view.x) / this.#view.scale, (y - this.#view.y) / this.#view.scale];
    const seat = this.#grid.nearest(px, py, Math.max(12, 6 / this.#view.scale));
    if (seat >= 0 && this.#states[seat] !== "x") this.#select(seat);
    else this.#nameArea(px, py);
  }

  /** The pointer is gone. */
  leave() {
    if (document.activeElement === this.#canvas) return;
    this.#select(-1);
    this.#place.textContent = "";
  }

  /** Goes to the next seat in a direction. @param {number} dx @param {number} dy */
  step(dx, dy) {
    if (!this.#plan || !this.#grid || this.#plan.seatCount === 0) return;
    let next = this.#current < 0 ? 0 : this.#grid.next(this.#current, dx, dy);
    while (next >= 0 && this.#states[next] === "x") next = this.#grid.next(next, dx, dy);
    if (next < 0) return;
    this.#view.reveal(this.#plan.x[next], this.#plan.y[next]);
    this.#isFitted = false;
    this.#select(next);
  }

  /** @param {number} seat */
  #select(seat) {
    if (seat === this.#current) return;
    this.#current = seat;
    if (seat >= 0) this.#name(seat);
    this.#redraw();
  }

  /** @param {number} seat */
  #name(seat) {
    const plan = this.#plan;
    const category = plan?.categories[plan.category[seat]];
    if (!plan || !category) return;
    const price = money(category.priceMinor, this.#currency);
    const state = this.#states[seat] === "f" ? "free" : "taken";
    this.#place.textContent = `${plan.label(seat)} · ${category.name} · ${price} · ${state}`;
  }

  /** @param {number} x @param {number} y */
  #nameArea(x, y) {
    const plan = this.#plan;
    const context = this.#canvas.getContext("2d");
    this.#select(-1);
    const area = plan?.areas.findLast((one) => {
      const angle = (-(one.file.rotation ?? 0) * Math.PI) / 180;
      const [dx, dy] = [x - one.x, y - one.y];
      context?.setTransform(1, 0, 0, 1, 0, 0);
      return one.capacity > 0 && context?.isPointInPath(
        one.path, dx * Math.cos(angle) - dy * Math.sin(angle),
        dx * Math.sin(angle) + dy * Math.cos(angle));
    });
    const category = area && plan?.categories[area.category];
    const text = area && category
      ? `${area.name} · ${category.name} · ${money(category.priceMinor, this.#currency)} · `
        + `${count(freeIn(this.#states, area))} of ${count(area.capacity)} places left`
      : "";
    if (this.#place.textContent !== text) this.#place.textContent = text;
  }

  #measure() {
    const { clientWidth, clientHeight } = this.#canvas;
    if (!clientWidth || !clientHeight) return;
    const ratio = devicePixelRatio;
    this.#canvas.width = Math.round(clientWidth * ratio);
    this.#canvas.height = Math.round(clientHeight * ratio);
    this.#view.width = clientWidth;
    this.#view.height = clientHeight;
    if (this.#isFitted) this.fit();
    this.#redraw();
  }

  #redraw() {
    if (this.#frame) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      const context = this.#canvas.getContext("2d", { alpha: false });
      if (!context || !this.#painter) return;
      const start = performance.now();
      const ratio = this.#canvas.width / Math.max(this.#view.width, 1);
      this.#painter.draw(context, this.#view, ratio, this.#states, this.#current);
      this.drawTime = performance.now() - start;
    });
  }
}

customElements.define("seat-map", SeatMap);
