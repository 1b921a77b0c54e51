/**
 * An element with attributes and children; text stays text.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string>} [attributes]
 * @param {...(Node|string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/**
 * A round mark in a category's colour.
 * @param {string} color
 */
export function swatch(color) {
  const node = element("span", { class: "swatch", "aria-hidden": "true" });
  if (color) node.style.setProperty("--swatch", color);
  return node;
}
