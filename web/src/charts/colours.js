// Colours and line styles of series, by their number.

/** @param {number} index */
export const colour = (index) => `var(--c${index % 7})`;

/** A line style of its own for every seven lines. @param {number} index */
export const dash = (index) => ["", "7 4", "2 3", "9 3 2 3"][Math.floor(index / 7) % 4];
