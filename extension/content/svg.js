/** Makes of an svg in the page one that looks the same alone. */

const MOST_SVG_NODES = 3000;
/** With more nodes only what is written in the svg counts, and no style sheet. */
const MOST_STYLED_NODES = 300;
const SVG = "http://www.w3.org/2000/svg";
const STYLES = [
  "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity", "stroke-linecap",
  "stroke-linejoin", "stroke-dasharray", "opacity", "color", "display", "visibility", "font-family",
  "font-size", "font-weight", "font-style", "text-anchor", "dominant-baseline", "stop-color",
  "stop-opacity", "transform", "transform-origin",
];

/**
 * @param {Element} svg in the page
 * @returns {Promise<Drawable | null>} null where it is too large, or would
 *   not look alone as it looks in the page
 */
async function drawableSvg(svg) {
  const { width, height } = svg.getBoundingClientRect();
  const nodes = svg.querySelectorAll("*").length;
  if (width < 1 || height < 1 || nodes === 0 || nodes > MOST_SVG_NODES) {
    return null;
  }
  const copy = /** @type {Element} */ (svg.cloneNode(true));
  if (nodes <= MOST_STYLED_NODES) {
    copyStyles(svg, copy);
  }
  if (!bringAlong(svg, copy)) {
    return null;
  }
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  const text = new XMLSerializer().serializeToString(copy);
  const image = await loadAnew(`data:image/svg+xml,${encodeURIComponent(text)}`, svg);
  return image && { image, ground: svg, vector: true, part: { x: 0, y: 0, width, height } };
}

/**
 * @param {Element} from
 * @param {Element} to the same nodes
 */
function copyStyles(from, to) {
  const targets = [to, ...to.querySelectorAll("*")];
  [from, ...from.querySelectorAll("*")].forEach((one, at) => {
    const styles = getComputedStyle(one);
    const text = STYLES.map((name) => `${name}:${styles.getPropertyValue(name)}`).join(";");
    targets[at].setAttribute("style", text);
  });
}

/**
 * Puts what the svg uses from elsewhere in the page into its copy.
 * @param {Element} svg
 * @param {Element} copy
 * @returns {boolean} false where it uses another file, which an svg that stands alone cannot
 */
function bringAlong(svg, copy) {
  const root = /** @type {Document | ShadowRoot} */ (svg.getRootNode());
  const defs = document.createElementNS(SVG, "defs");
  for (const use of svg.querySelectorAll("use")) {
    const [file, id] = (use.getAttribute("href") ?? use.getAttribute("xlink:href") ?? "").split("#");
    if (file !== "" || !id) {
      return false;
    }
    const used = root.getElementById?.(id);
    if (used && !svg.contains(used) && !defs.querySelector(`[id="${CSS.escape(id)}"]`)) {
      defs.append(used.cloneNode(true));
    }
  }
  copy.prepend(defs);
  return true;
}
