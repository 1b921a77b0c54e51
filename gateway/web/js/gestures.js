/**
 * @typedef {{
 *   pan: (dx: number, dy: number) => void,
 *   zoom: (factor: number, x?: number, y?: number) => void,
 *   point: (x: number, y: number) => void,
 *   leave: () => void,
 *   step: (dx: number, dy: number) => void,
 *   fit: () => void,
 * }} GestureTarget
 */

/**
 * Mouse, touch and keyboard on a canvas.
 * @param {HTMLCanvasElement} canvas
 * @param {GestureTarget} target
 */
export function listen(canvas, target) {
  /** @type {Map<number, {x: number, y: number}>} */
  const pointers = new Map();

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    target.point(event.offsetX, event.offsetY);
  });
  canvas.addEventListener("pointermove", (event) => {
    const now = { x: event.offsetX, y: event.offsetY };
    const before = pointers.get(event.pointerId);
    if (!before) {
      target.point(now.x, now.y);
      return;
    }
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) pinch(target, before, now, other);
    else target.pan(now.x - before.x, now.y - before.y);
    pointers.set(event.pointerId, now);
  });
  for (const kind of /** @type {const} */ (["pointerup", "pointercancel"])) {
    canvas.addEventListener(kind, (event) => pointers.delete(event.pointerId));
  }
  canvas.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "mouse") target.leave();
  });
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1);
    target.zoom(Math.exp(-pixels / 400), event.offsetX, event.offsetY);
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (key(target, event)) event.preventDefault();
  });
}

/**
 * @param {GestureTarget} target
 * @param {{x: number, y: number}} before
 * @param {{x: number, y: number}} now
 * @param {{x: number, y: number}} other the finger that rests
 */
function pinch(target, before, now, other) {
  const was = Math.hypot(before.x - other.x, before.y - other.y);
  const is = Math.hypot(now.x - other.x, now.y - other.y);
  target.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
  if (was > 1) target.zoom(is / was, (now.x + other.x) / 2, (now.y + other.y) / 2);
}

/** @type {Record<string, [number, number]>} */
const arrows = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
};

/** @param {GestureTarget} target @param {KeyboardEvent} event */
function key(target, event) {
  const arrow = arrows[event.key];
  if (arrow && event.shiftKey) target.pan(-60 * arrow[0], -60 * arrow[1]);
  else if (arrow) target.step(...arrow);
  else if (event.key === "+" || event.key === "=") target.zoom(1.4);
  else if (event.key === "-") target.zoom(1 / 1.4);
  else if (event.key === "0") target.fit();
  else return false;
  return true;
}
