// A card: title, note, content, and for a chart its value line and its downloads.

/** @param {string} name @param {Record<string, string>} [attributes] @param {(Node | string)[]} children @returns {HTMLElement} */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** @param {string} name @param {Record<string, string | number>} attributes @param {string} [text] */
export function shape(name, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

/** @param {string} title @param {string} note @param {Node[]} content @param {boolean} [wide] */
export function card(title, note, content, wide = false) {
  const made = element("section", { class: wide ? "card wide" : "card" }, element("h2", {}, title));
  if (note) made.append(element("p", { class: "note" }, note));
  made.append(...content);
  return made;
}

/** @typedef {{ columns: string[], rows: any[][] }} Sheet what a chart shows, as a table */

/**
 * A chart in a card. `draw` fills an SVG of a given width and returns its height.
 * @param {{ title: string, note?: string, wide?: boolean, legend?: { name: string, colour: string, dash?: string }[], sheet: Sheet,
 *   draw: (svg: SVGElement, width: number, say: (text: string) => void) => number }} chart
 */
export function chartCard(chart) {
  const value = element("p", { class: "value", role: "status" });
  const plot = element("div", { class: "plot" });
  let svg = shape("svg", {});
  const draw = () => {
    const width = Math.max(280, plot.clientWidth || 520);
    svg = shape("svg", { role: "application", tabindex: 0, "aria-label": `${chart.title}. Arrow keys read values.` });
    const height = chart.draw(/** @type {SVGElement} */ (svg), width, (text) => { value.textContent = text; });
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    plot.replaceChildren(svg);
  };
  const name = chart.title.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const tool = (/** @type {string} */ label, /** @type {() => void} */ act) => {
    const button = element("button", { type: "button", "aria-label": `Save ${chart.title} as ${label}` }, label);
    button.addEventListener("click", act);
    return button;
  };
  const tools = element("div", { class: "tools" },
    tool("SVG", () => save(`${name}.svg`, new Blob([standalone(svg)], { type: "image/svg+xml" }))),
    tool("PNG", () => savePng(`${name}.png`, svg)),
    tool("CSV", () => save(`${name}.csv`, new Blob([csv(chart.sheet)], { type: "text/csv" }))));
  const legend = element("ul", { class: "legend" });
  for (const { name: label, colour, dash } of chart.legend ?? []) {
    const look = dash ? `background:repeating-linear-gradient(90deg,${colour} 0 4px,transparent 4px 7px)` : `background:${colour}`;
    legend.append(element("li", {}, element("i", { style: look }), label));
  }
  const made = card(chart.title, chart.note ?? "", [legend, plot, value, tools], chart.wide);
  let drawn = 0;
  new ResizeObserver(() => requestAnimationFrame(() => {
    if (plot.clientWidth !== drawn) draw();
    drawn = plot.clientWidth;
  })).observe(plot);
  return made;
}

/** The SVG with its colours written out. @param {Element} svg */
function standalone(svg) {
  const copy = /** @type {Element} */ (svg.cloneNode(true));
  const [, , width, height] = (svg.getAttribute("viewBox") ?? "").split(" ");
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  copy.prepend(shape("style", {}, "text{font:12px sans-serif;fill:var(--soft)}.strong{fill:var(--ink)}"),
    shape("rect", { width: "100%", height: "100%", fill: "var(--card)" }));
  const style = getComputedStyle(document.documentElement);
  return new XMLSerializer().serializeToString(copy).replace(/var\((--\w+)\)/g, (_, key) => style.getPropertyValue(key).trim());
}

/** @param {string} name @param {Element} svg */
function savePng(name, svg) {
  const image = new Image();
  image.onload = () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width * 2, image.height * 2];
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => { if (blob) save(name, blob); });
  };
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(standalone(svg))}`;
}

/** @param {Sheet} sheet */
function csv(sheet) {
  const cell = (/** @type {any} */ v) => (v === null ? "" : /[",\n\r]/.test(String(v)) ? `"${String(v).replaceAll('"', '""')}"` : String(v));
  return [sheet.columns, ...sheet.rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

/** @param {string} name @param {Blob} blob */
function save(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
