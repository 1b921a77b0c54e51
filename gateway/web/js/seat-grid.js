/** Finds seats by where they are. */
export class SeatGrid {
  /** @param {import("./plan.js").Plan} plan */
  constructor(plan) {
    this.plan = plan;
    const { left, top, right, bottom } = plan.bounds;
    const area = Math.max((right - left) * (bottom - top), 1);
    this.left = left;
    this.top = top;
    // About eight seats a cell, were they spread evenly.
    this.size = Math.max(Math.sqrt((area * 8) / Math.max(plan.seatCount, 1)), 1);
    this.columns = Math.ceil((right - left) / this.size) + 1;
    this.rows = Math.ceil((bottom - top) / this.size) + 1;
    /** @type {Map<number, number[]>} */
    this.cells = new Map();
    for (let i = 0; i < plan.seatCount; i += 1) {
      const key = this.#row(plan.y[i]) * this.columns + this.#column(plan.x[i]);
      const cell = this.cells.get(key);
      if (cell) cell.push(i);
      else this.cells.set(key, [i]);
    }
  }

  /** @param {number} x */
  #column(x) {
    return Math.min(Math.max(Math.floor((x - this.left) / this.size), 0), this.columns - 1);
  }

  /** @param {number} y */
  #row(y) {
    return Math.min(Math.max(Math.floor((y - this.top) / this.size), 0), this.rows - 1);
  }

  /**
   * Calls `visit` for the seats of every cell that touches the box.
   * @param {import("./plan.js").Box} box
   * @param {(seat: number) => void} visit
   */
  within(box, visit) {
    const [firstColumn, lastColumn] = [this.#column(box.left), this.#column(box.right)];
    const [firstRow, lastRow] = [this.#row(box.top), this.#row(box.bottom)];
    for (let row = firstRow; row <= lastRow; row += 1) {
      for (let column = firstColumn; column <= lastColumn; column += 1) {
        for (const seat of this.cells.get(row * this.columns + column) ?? []) visit(seat);
      }
    }
  }

  /**
   * The nearest seat at most `reach` away; -1 where there is none.
   * @param {number} x
   * @param {number} y
   * @param {number} reach
   */
  nearest(x, y, reach) {
    let best = -1;
    let bestDistance = reach;
    const box = { left: x - reach, right: x + reach, top: y - reach, bottom: y + reach };
    this.within(box, (seat) => {
      const distance = Math.hypot(this.plan.x[seat] - x, this.plan.y[seat] - y);
      if (distance < bestDistance) [best, bestDistance] = [seat, distance];
    });
    return best;
  }

  /**
   * The next seat in a direction, with a liking for straight ahead; -1 at the edge.
   * @param {number} from
   * @param {number} dx -1, 0 or 1
   * @param {number} dy -1, 0 or 1
   */
  next(from, dx, dy) {
    const { x, y } = this.plan;
    let best = -1;
    let bestCost = Infinity;
    for (let seat = 0; seat < this.plan.seatCount; seat += 1) {
      const ahead = (x[seat] - x[from]) * dx + (y[seat] - y[from]) * dy;
      const aside = Math.abs((x[seat] - x[from]) * dy) + Math.abs((y[seat] - y[from]) * dx);
      if (ahead < 0.5 || aside > ahead * 2) continue;
      const cost = ahead + 2 * aside;
      if (cost < bestCost) [best, bestCost] = [seat, cost];
    }
    return best;
  }
}
