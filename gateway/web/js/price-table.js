import { visible } from "./color.js";
import { element, swatch } from "./dom.js";
import { count, money } from "./format.js";

/** <price-table>: categories with price, free and taken places; the map's legend as well. */
export class PriceTable extends HTMLElement {
  /** @type {{free: HTMLElement, taken: HTMLElement}[]} */
  #cells = [];

  /**
   * @param {import("./plan.js").Plan} plan
   * @param {string} currency
   */
  show(plan, currency) {
    this.#cells = [];
    const body = element("tbody");
    const paper = getComputedStyle(this).getPropertyValue("--paper").trim();
    for (const category of plan.categories) {
      const free = element("td");
      const taken = element("td");
      const price = element("td", {}, money(category.priceMinor, currency));
      for (const type of category.priceTypes) {
        price.append(element("small", {}, `${type.name} ${money(type.priceMinor, currency)}`));
      }
      const mark = swatch(visible(category.color, paper));
      body.append(element(
        "tr", {}, element("th", { scope: "row" }, mark, category.name), price, free, taken));
      this.#cells.push({ free, taken });
    }
    const heads = ["Category", "Price", "Free", "Taken"];
    this.replaceChildren(
      element(
        "table", {}, element("caption", {}, "Prices, and places by category"),
        element("thead", {}, element(
          "tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))),
        body),
      element(
        "p", { class: "quiet" },
        element("span", { class: "swatch taken", "aria-hidden": "true" }),
        "small and grey on the map: taken"));
  }

  /** @param {Tally[]} tallies by category */
  update(tallies) {
    tallies.forEach(({ free, taken }, index) => {
      const cells = this.#cells[index];
      cells.free.textContent = count(free);
      cells.taken.textContent = count(taken);
    });
  }
}

/** @typedef {{free: number, taken: number}} Tally */

/**
 * Free and taken places by category; removed places count as neither.
 * @param {import("./plan.js").Plan} plan
 * @param {string} states
 * @returns {Tally[]}
 */
export function tally(plan, states) {
  const tallies = plan.categories.map(() => ({ free: 0, taken: 0 }));
  const add = (/** @type {number} */ category, /** @type {number} */ place) => {
    const one = tallies[category];
    const state = states[place];
    if (!one || state === undefined || state === "x") return;
    if (state === "f") one.free += 1;
    else one.taken += 1;
  };
  for (let seat = 0; seat < plan.seatCount; seat += 1) add(plan.category[seat], seat);
  for (const area of plan.areas) {
    for (let i = 0; i < area.capacity; i += 1) add(area.category, area.firstPlace + i);
  }
  return tallies;
}

customElements.define("price-table", PriceTable);
