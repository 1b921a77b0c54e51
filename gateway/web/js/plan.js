/**
 * @typedef {{x: number, y: number}} Point
 * @typedef {{text: string, position?: Point, size?: number, color?: string}} AreaText
 * @typedef {{uuid?: string, shape?: string, position?: Point, rotation?: number, color?: string,
 *   border_color?: string, text?: AreaText, rectangle?: {width: number, height: number},
 *   circle?: {radius: number}, ellipse?: {radius: Point}, polygon?: {points: Point[]},
 *   "x-usher"?: {capacity?: number, category?: string}}} AreaFile
 * @typedef {{seat_guid: string, seat_number: string, category: string, position: Point,
 *   radius?: number, "x-usher"?: {accessible?: string, restricted_view?: boolean}}} SeatFile
 * @typedef {{row_number: string, row_label?: string, seat_label?: string, position?: Point,
 *   seats: SeatFile[]}} RowFile
 * @typedef {{name?: string, position: Point, rows: RowFile[], areas?: AreaFile[]}} ZoneFile
 * @typedef {{name: string, zones: ZoneFile[], categories: {name: string, color?: string}[],
 *   size?: {width: number, height: number}}} PlanFile
 * @typedef {{file: AreaFile, x: number, y: number, path: Path2D, firstPlace: number,
 *   capacity: number, category: number, name: string}} DrawnArea
 * @typedef {{left: number, top: number, right: number, bottom: number}} Box
 */

/** The places of a plan by their dense index, and the areas in document order. */
export class Plan {
  /**
   * @param {PlanFile} file
   * @param {import("./api.js").Event} event
   */
  constructor(file, event) {
    const seats = file.zones.flatMap((zone) => zone.rows.flatMap((row) => row.seats));
    /** Seats; places of general-admission areas follow them. */
    this.seatCount = seats.length;
    this.x = new Float32Array(seats.length);
    this.y = new Float32Array(seats.length);
    this.radius = new Float32Array(seats.length);
    /** Index into `categories` by seat. */
    this.category = new Uint16Array(seats.length);
    /** @type {string[]} */
    this.numbers = seats.map((seat) => String(seat.seat_number));
    this.categories = event.categories;
    /** @type {{zone: ZoneFile, row: RowFile, end: number}[]} */
    this.rows = [];
    this.seats = seats;
    this.#place(file);
    /** @type {DrawnArea[]} */
    this.areas = [];
    this.placeCount = this.#takeAreas(file, event);
    this.bounds = this.#bounds(file);
  }

  /** @param {PlanFile} file */
  #place(file) {
    const categories = new Map(this.categories.map((category, index) => [category.name, index]));
    let index = 0;
    for (const zone of file.zones) {
      for (const row of zone.rows) {
        const x = zone.position.x + (row.position?.x ?? 0);
        const y = zone.position.y + (row.position?.y ?? 0);
        for (const seat of row.seats) {
          this.x[index] = x + seat.position.x;
          this.y[index] = y + seat.position.y;
          this.radius[index] = seat.radius ?? 10;
          this.category[index] = categories.get(seat.category) ?? 0;
          index += 1;
        }
        this.rows.push({ zone, row, end: index });
      }
    }
  }

  /**
   * @param {PlanFile} file
   * @param {import("./api.js").Event} event
   * @returns {number} places in all
   */
  #takeAreas(file, event) {
    let next = this.seatCount;
    for (const zone of file.zones) {
      for (const area of zone.areas ?? []) {
        const capacity = area["x-usher"]?.capacity ?? 0;
        const name = area["x-usher"]?.category ?? "";
        const known = event.areas.find((one) => one.firstPlace === next);
        this.areas.push({
          file: area,
          x: zone.position.x + (area.position?.x ?? 0),
          y: zone.position.y + (area.position?.y ?? 0),
          path: outline(area),
          firstPlace: next,
          capacity,
          category: this.categories.findIndex((category) => category.name === name),
          name: (capacity > 0 && known?.name) || area.text?.text || name,
        });
        next += capacity;
      }
    }
    return next;
  }

  /** @param {PlanFile} file @returns {Box} */
  #bounds(file) {
    const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
    for (let i = 0; i < this.seatCount; i += 1) grow(box, this.x[i], this.y[i], this.radius[i]);
    for (const area of this.areas) {
      const angle = ((area.file.rotation ?? 0) * Math.PI) / 180;
      for (const [x, y] of corners(area.file)) {
        grow(box, area.x + x * Math.cos(angle) - y * Math.sin(angle),
          area.y + x * Math.sin(angle) + y * Math.cos(angle), 0);
      }
    }
    if (box.left <= box.right) return box;
    return { left: 0, top: 0, right: file.size?.width ?? 100, bottom: file.size?.height ?? 100 };
  }

  /** A seat for people: "Block D, row 14, seat 3". @param {number} index */
  label(index) {
    let low = 0;
    let high = this.rows.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.rows[middle].end > index) high = middle;
      else low = middle + 1;
    }
    const { zone, row } = this.rows[low];
    const number = this.numbers[index];
    const rowName = row.row_label
      ? row.row_label.replaceAll("%s", row.row_number) : `row ${row.row_number}`;
    const seatName = row.seat_label ? row.seat_label.replaceAll("%s", number) : `seat ${number}`;
    const names = zone.name && !rowName.includes(zone.name) ? [zone.name] : [];
    return [...names, rowName, seatName, ...notes(this.seats[index])].join(", ");
  }
}

/** @param {SeatFile} seat */
function notes(seat) {
  const extra = seat["x-usher"];
  const list = [];
  if (extra?.accessible === "wheelchair") list.push("wheelchair place");
  if (extra?.accessible === "companion") list.push("companion seat");
  if (extra?.restricted_view) list.push("restricted view");
  return list;
}

/** @param {Box} box @param {number} x @param {number} y @param {number} r */
function grow(box, x, y, r) {
  box.left = Math.min(box.left, x - r);
  box.top = Math.min(box.top, y - r);
  box.right = Math.max(box.right, x + r);
  box.bottom = Math.max(box.bottom, y + r);
}

/** @param {AreaFile} area */
function outline(area) {
  const path = new Path2D();
  if (area.shape === "rectangle" && area.rectangle) {
    path.rect(0, 0, area.rectangle.width, area.rectangle.height);
  } else if (area.shape === "circle" && area.circle) {
    path.arc(0, 0, area.circle.radius, 0, 2 * Math.PI);
  } else if (area.shape === "ellipse" && area.ellipse) {
    path.ellipse(0, 0, area.ellipse.radius.x, area.ellipse.radius.y, 0, 0, 2 * Math.PI);
  } else if (area.shape === "polygon" && area.polygon) {
    for (const point of area.polygon.points) path.lineTo(point.x, point.y);
    path.closePath();
  }
  return path;
}

/** @param {AreaFile} area @returns {number[][]} */
function corners(area) {
  const { rectangle, circle, ellipse, polygon } = area;
  if (area.shape === "rectangle" && rectangle) {
    const { width, height } = rectangle;
    return [[0, 0], [width, 0], [0, height], [width, height]];
  }
  if (area.shape === "polygon" && polygon) return polygon.points.map(({ x, y }) => [x, y]);
  const x = area.shape === "circle" ? circle?.radius ?? 0 : ellipse?.radius.x ?? 0;
  const y = area.shape === "circle" ? circle?.radius ?? 0 : ellipse?.radius.y ?? 0;
  return [[-x, -y], [x, -y], [-x, y], [x, y]];
}
