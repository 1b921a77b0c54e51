/** @typedef {[number, number, number]} RGB */

const context = /** @type {CanvasRenderingContext2D} */ (
  document.createElement("canvas").getContext("2d"));

/**
 * Any CSS colour as red, green, blue; `fallback` where it is none.
 * @param {string} color
 * @param {string} fallback
 * @returns {RGB}
 */
export function rgb(color, fallback) {
  context.fillStyle = fallback;
  context.fillStyle = color;
  const hex = /^#(..)(..)(..)$/.exec(context.fillStyle);
  if (hex) return [parseInt(hex[1], 16), parseInt(hex[2], 16), parseInt(hex[3], 16)];
  const parts = String(context.fillStyle).match(/[\d.]+/g) ?? [];
  return [Number(parts[0]), Number(parts[1]), Number(parts[2])];
}

/** Relative luminance (WCAG 2.2). @param {RGB} color */
function luminance(color) {
  const [r, g, b] = color.map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** @param {RGB} a @param {RGB} b */
function contrast(a, b) {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

/**
 * The colour, moved towards black or white until it stands out from the paper by 3 to 1.
 * @param {string} color
 * @param {string} paper
 */
export function visible(color, paper) {
  const ground = rgb(paper, "#ffffff");
  const end = luminance(ground) > 0.18 ? 0 : 255;
  const start = rgb(color, "#5b6472");
  let now = start;
  for (let step = 1; step <= 20 && contrast(now, ground) < 3; step += 1) {
    now = /** @type {RGB} */ (start.map((part) => Math.round(part + ((end - part) * step) / 20)));
  }
  return `rgb(${now.join(" ")})`;
}

/** Black or white, whichever reads better on a colour. @param {string} color */
export function textOn(color) {
  const ground = rgb(color, "#ffffff");
  return contrast([0, 0, 0], ground) >= contrast([255, 255, 255], ground) ? "#000000" : "#ffffff";
}
