// What is shown as a file: a chart as SVG or PNG that other programs can read, a table as CSV.
import { drawnLegend } from "./charts/legend.js";
import { LINE, linesOf } from "./charts/names.js";
import { shape } from "./svg.js";

/** @typedef {{ columns: string[], rows: any[][] }} Sheet what is shown, as a table */

/** Finds the colour that a browser makes of `var(…)` and `color-mix(…)`, as `#rrggbb`. */
function plainColours() {
  const style = getComputedStyle(document.documentElement);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const pencil = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  /** @type {Map<string, string>} */
  const known = new Map();
  return (/** @type {string} */ colour) => {
    if (!/[(]/.test(colour)) return colour;
    const found = known.get(colour);
    if (found) return found;
    pencil.fillStyle = colour.replace(/var\((--\w+)\)/g, (_, key) => style.getPropertyValue(key).trim());
    pencil.fillRect(0, 0, 1, 1);
    const plain = `#${[...pencil.getImageData(0, 0, 1, 1).data.slice(0, 3)].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
    known.set(colour, plain);
    return plain;
  };
}

/** The chart as a file of its own: with title, note and legend, and nothing in it that hangs on the page. @param {Element} svg @param {string} title @param {string} note @param {import("./charts/legend.js").Entry[]} legend */
export function standalone(svg, title, note, legend) {
  const plain = plainColours();
  const [, , width, height] = (svg.getAttribute("viewBox") ?? "").split(" ").map(Number);
  const notes = note ? linesOf(note, width - 24) : [];
  const [above, high] = drawnLegend(legend, width, 48 + LINE * notes.length);
  const plot = shape("g", { transform: `translate(0 ${high})` });
  plot.append(...[...svg.children].filter((each) => !each.classList.contains("mark")).map((each) => each.cloneNode(true)));
  const whole = shape("svg", { width, height: height + high, viewBox: `0 0 ${width} ${height + high}` });
  whole.append(shape("style", {}, `text{font:12px sans-serif;fill:${plain("var(--soft)")}}.strong{fill:${plain("var(--ink)")}}.head{font-size:15px;font-weight:bold;fill:${plain("var(--ink)")}}`),
    shape("rect", { width: "100%", height: "100%", fill: "var(--card)" }), shape("text", { x: 12, y: 22, class: "head" }, title), ...notes.map((line, i) => shape("text", { x: 12, y: 42 + i * LINE }, line)), ...above, plot);
  for (const each of whole.querySelectorAll("[fill], [stroke], [style]")) {
    for (const name of ["fill", "stroke"]) if (each.hasAttribute(name)) each.setAttribute(name, plain(/** @type {string} */ (each.getAttribute(name))));
    const style = each.getAttribute("style");
    if (style) each.setAttribute("style", style.replace(/var\(--\w+\)/g, plain));
  }
  return new XMLSerializer().serializeToString(whole);
}

/** @param {string} name @param {string} svg */
export function savePng(name, svg) {
  const image = new Image();
  image.onload = () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width * 2, image.height * 2];
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => { if (blob) save(name, blob); });
  };
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
}

/** @param {Sheet} sheet */
export function csv(sheet) {
  const cell = (/** @type {any} */ v) => (v === null || v === undefined ? "" : /[",\n\r]/.test(String(v)) ? `"${String(v).replaceAll('"', '""')}"` : String(v));
  return new Blob([[sheet.columns, ...sheet.rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n"], { type: "text/csv" });
}

/** So long a browser may take to read a file that it saves: it may ask first where to. */
const READ_MS = 60_000;

/** @param {string} name @param {Blob} blob */
export function save(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), READ_MS);
}
