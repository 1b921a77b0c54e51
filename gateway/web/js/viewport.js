/** What part of the plan the canvas shows: screen = plan × scale + offset, in CSS pixels. */
export class Viewport {
  scale = 1;
  x = 0;
  y = 0;
  width = 1;
  height = 1;
  #fitScale = 1;

  /** Shows all of a box. @param {import("./plan.js").Box} box */
  fit(box) {
    const margin = 16;
    const width = Math.max(box.right - box.left, 1);
    const height = Math.max(box.bottom - box.top, 1);
    this.scale = Math.max(
      Math.min((this.width - 2 * margin) / width, (this.height - 2 * margin) / height), 1e-4);
    this.#fitScale = this.scale;
    this.x = (this.width - width * this.scale) / 2 - box.left * this.scale;
    this.y = (this.height - height * this.scale) / 2 - box.top * this.scale;
  }

  /**
   * Zooms about a point of the screen.
   * @param {number} factor
   * @param {number} x
   * @param {number} y
   */
  zoom(factor, x = this.width / 2, y = this.height / 2) {
    // From half the whole plan to seats of some 60 pixels.
    const wanted = this.scale * factor;
    const scale = Math.min(Math.max(wanted, this.#fitScale / 2), Math.max(3, this.#fitScale * 4));
    const ratio = scale / this.scale;
    this.x = x - (x - this.x) * ratio;
    this.y = y - (y - this.y) * ratio;
    this.scale = scale;
  }

  /**
   * Moves the plan, which never leaves the screen altogether.
   * @param {number} dx
   * @param {number} dy
   * @param {import("./plan.js").Box} box
   */
  pan(dx, dy, box) {
    const edge = 40;
    this.x = Math.min(
      Math.max(this.x + dx, edge - box.right * this.scale), this.width - edge - box.left * this.scale);
    this.y = Math.min(
      Math.max(this.y + dy, edge - box.bottom * this.scale), this.height - edge - box.top * this.scale);
  }

  /** Brings a point of the plan on the screen. @param {number} x @param {number} y */
  reveal(x, y) {
    const edge = 40;
    const sx = x * this.scale + this.x;
    const sy = y * this.scale + this.y;
    if (sx < edge || sx > this.width - edge) this.x += this.width / 2 - sx;
    if (sy < edge || sy > this.height - edge) this.y += this.height / 2 - sy;
  }

  /** The visible part of the plan. @returns {import("./plan.js").Box} */
  get box() {
    return {
      left: -this.x / this.scale, top: -this.y / this.scale,
      right: (this.width - this.x) / this.scale, bottom: (this.height - this.y) / this.scale,
    };
  }
}
