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

/** A place across the chart, 0 to 1. @param {SVGElement} svg @param {(share: number) => void} choose */
export function readAcross(svg, choose) {
  let share = 0.5;
  const go = (/** @type {number} */ to) => choose(share = Math.min(1, Math.max(0, to)));
  onPointer(svg, 1, go);
  onKeys(svg, { ArrowLeft: () => go(share - 0.02), ArrowRight: () => go(share + 0.02), Home: () => go(0), End: () => go(1) });
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
