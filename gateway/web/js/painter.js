import { textOn, visible } from "./color.js";
import { count } from "./format.js";

/** Draws a plan on a canvas. */
export class Painter {
  /** @type {Map<string, HTMLCanvasElement>} */
  #sprites = new Map();
  #spriteScale = 0;
  #colors = { paper: "#ffffff", ink: "#000000", taken: "#888888", link: "#0000ff" };
  /** @type {string[]} */
  #fills = [];

  /**
   * @param {import("./plan.js").Plan} plan
   * @param {import("./seat-grid.js").SeatGrid} grid
   */
  constructor(plan, grid) {
    this.plan = plan;
    this.grid = grid;
  }

  /** Takes the theme's colours, which follow light and dark. @param {Element} element */
  readTheme(element) {
    const style = getComputedStyle(element);
    const color = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
    this.#colors = {
      paper: color("--paper"), ink: color("--ink"), taken: color("--taken"), link: color("--link"),
    };
    this.#fills = this.plan.categories.map(
      (category) => visible(category.color, this.#colors.paper));
    this.#sprites.clear();
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {import("./viewport.js").Viewport} view
   * @param {number} ratio device pixels a CSS pixel
   * @param {string} states
   * @param {number} current seat under pointer or focus; -1 = none
   */
  draw(context, view, ratio, states, current) {
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = this.#colors.paper;
    context.fillRect(0, 0, context.canvas.width, context.canvas.height);
    for (const area of this.plan.areas) this.#area(context, view, ratio, states, area);
    context.setTransform(1, 0, 0, 1, 0, 0);
    this.#seats(context, view, ratio, states);
    if (current >= 0) this.#ring(context, view, ratio, current);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {import("./viewport.js").Viewport} view
   * @param {number} ratio
   * @param {string} states
   */
  #seats(context, view, ratio, states) {
    const { x, y, radius, category, numbers } = this.plan;
    const scale = view.scale * ratio;
    if (scale !== this.#spriteScale || this.#sprites.size > 200) this.#sprites.clear();
    this.#spriteScale = scale;
    const box = view.box;
    const slack = 60;
    const wide = {
      left: box.left - slack, right: box.right + slack,
      top: box.top - slack, bottom: box.bottom + slack,
    };
    context.textAlign = "center";
    context.textBaseline = "middle";
    this.grid.within(wide, (seat) => {
      const state = states[seat];
      if (state === "x") return;
      const isFree = state === "f";
      const color = isFree ? this.#fills[category[seat]] : this.#colors.taken;
      const r = Math.max(radius[seat] * (isFree ? 1 : 0.6) * scale, 0.5);
      const cx = x[seat] * scale + view.x * ratio;
      const cy = y[seat] * scale + view.y * ratio;
      if (r < 1.5) {
        context.fillStyle = color;
        context.fillRect(cx - r, cy - r, 2 * r, 2 * r);
        return;
      }
      const sprite = this.#sprite(color, r);
      context.drawImage(sprite, Math.round(cx - sprite.width / 2), Math.round(cy - sprite.height / 2));
      if (isFree && r >= 9 * ratio) {
        context.fillStyle = textOn(color);
        context.font = `${Math.round(r * 0.9)}px system-ui, sans-serif`;
        context.fillText(numbers[seat], cx, cy, 1.8 * r);
      }
    });
  }

  /** A disc drawn once and copied for every seat that looks so. @param {string} color @param {number} r */
  #sprite(color, r) {
    const key = `${color} ${r}`;
    const known = this.#sprites.get(key);
    if (known) return known;
    const sprite = document.createElement("canvas");
    sprite.width = sprite.height = Math.ceil(2 * r) + 2;
    const context = /** @type {CanvasRenderingContext2D} */ (sprite.getContext("2d"));
    context.fillStyle = color;
    context.arc(sprite.width / 2, sprite.width / 2, r, 0, 2 * Math.PI);
    context.fill();
    this.#sprites.set(key, sprite);
    return sprite;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {import("./viewport.js").Viewport} view
   * @param {number} ratio
   * @param {number} seat
   */
  #ring(context, view, ratio, seat) {
    const scale = view.scale * ratio;
    const r = Math.max(this.plan.radius[seat] * scale, 4 * ratio);
    const [cx, cy] = [
      this.plan.x[seat] * scale + view.x * ratio, this.plan.y[seat] * scale + view.y * ratio];
    for (const [color, gap] of /** @type {[string, number][]} */ (
      [[this.#colors.paper, 2], [this.#colors.link, 4]])) {
      context.beginPath();
      context.arc(cx, cy, r + gap * ratio, 0, 2 * Math.PI);
      context.strokeStyle = color;
      context.lineWidth = 3 * ratio;
      context.stroke();
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {import("./viewport.js").Viewport} view
   * @param {number} ratio
   * @param {string} states
   * @param {import("./plan.js").DrawnArea} area
   */
  #area(context, view, ratio, states, area) {
    const scale = view.scale * ratio;
    context.setTransform(
      scale, 0, 0, scale, (area.x * view.scale + view.x) * ratio,
      (area.y * view.scale + view.y) * ratio);
    context.rotate(((area.file.rotation ?? 0) * Math.PI) / 180);
    const isSold = area.capacity > 0;
    const fill = isSold ? this.#fills[area.category] : area.file.color;
    if (fill && area.file.shape !== "text") {
      context.fillStyle = fill;
      context.fill(area.path);
    }
    if (area.file.border_color) {
      context.strokeStyle = area.file.border_color;
      context.lineWidth = 2 / view.scale;
      context.stroke(area.path);
    }
    const text = area.file.text;
    if (!text && !isSold) return;
    const ground = area.file.shape !== "text" && fill ? fill : this.#colors.paper;
    const left = isSold ? freeIn(states, area) : 0;
    const line = isSold ? `${area.name}: ${count(left)} left` : text?.text ?? "";
    const size = Math.max(text?.size ?? 16, isSold ? 40 : 1);
    if (size * view.scale < 5) return;
    context.fillStyle = textOn(ground);
    context.font = `${size}px system-ui, sans-serif`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(line, text?.position?.x ?? 0, text?.position?.y ?? 0);
  }
}

/**
 * Free places of a general-admission area.
 * @param {string} states
 * @param {import("./plan.js").DrawnArea} area
 */
export function freeIn(states, area) {
  let free = 0;
  for (let i = area.firstPlace; i < area.firstPlace + area.capacity; i += 1) {
    if (states[i] === "f") free += 1;
  }
  return free;
}
