// Pointer and arrow keys choose what a chart tells.

/** A mouse that moves, and a finger that taps or drags: where it is, in units of the chart. @param {SVGElement} svg @param {number} width @param {(x: number, y: number) => void} act */
export function onPointer(svg, width, act) {
  for (const kind of ["pointerdown", "pointermove"]) {
    svg.addEventListener(kind, (event) => {
      const { clientX, clientY } = /** @type {PointerEvent} */ (event);
      const box = svg.getBoundingClientRect();
      const scale = width / box.width;
      act((clientX - box.left) * scale, (clientY - box.top) * scale);
    });
  }
}

/** Of more values than this the arrow keys go by even steps instead. */
const STOPS_MAX = 100;
const EVEN_STEPS = 50;

/** Where the arrow keys stop between `low` and `high`: at each of the values, if they are not too many. @param {number[]} values @param {number} low @param {number} high */
export function stopsOf(values, low, high) {
  const own = [...new Set(values)].sort((a, b) => a - b);
  return own.length > 0 && own.length <= STOPS_MAX ? own : [...Array(EVEN_STEPS + 1).keys()].map((k) => low + ((high - low) * k) / EVEN_STEPS);
}

/** A value on the x axis: the one under the pointer, or the next of `stops`, the first one first. @param {SVGElement} svg @param {number} width @param {(px: number) => number} valueAt @param {number[]} stops @param {(x: number) => void} choose */
export function readAcross(svg, width, valueAt, stops, choose) {
  let now = -Infinity;
  const go = (/** @type {number} */ to) => choose(now = to);
  const [first, last] = [stops[0], stops[stops.length - 1]];
  onPointer(svg, width, (px) => go(valueAt(px)));
  onKeys(svg, { ArrowLeft: () => go(stops.filter((stop) => stop < now).at(-1) ?? first), ArrowRight: () => go(stops.find((stop) => stop > now) ?? last), Home: () => go(first), End: () => go(last) });
}

/**
 * One of `spots`, which are in the order of the arrow keys: the one nearest to the pointer, or the next. Without `left` a spot is a whole line.
 * @template {{ left?: number, top: number }} S
 * @param {SVGElement} svg @param {S[]} spots @param {number} width @param {(spot: S) => void} choose
 */
export function readOneByOne(svg, spots, width, choose) {
  let at = -1;
  const go = (/** @type {number} */ to) => { if (spots.length) choose(spots[at = Math.min(spots.length - 1, Math.max(0, to))]); };
  onPointer(svg, width, (x, y) => {
    const away = spots.map(({ left, top }) => Math.hypot((left ?? x) - x, top - y));
    go(away.reduce((best, distance, i) => (distance < away[best] ? i : best), 0));
  });
  const [back, on] = [() => go(at - 1), () => go(at + 1)];
  onKeys(svg, { ArrowLeft: back, ArrowUp: back, ArrowRight: on, ArrowDown: on, Home: () => go(0), End: () => go(spots.length - 1) });
}

/** @param {SVGElement} svg @param {Record<string, () => void>} acts */
export function onKeys(svg, acts) {
  svg.addEventListener("keydown", (event) => {
    if (!Object.hasOwn(acts, event.key)) return;
    event.preventDefault();
    acts[event.key]();
  });
}
