// What charts call the variants of a comparison: in a grid by what they differ in.
import { distinct } from "./format.js";

/** A variant and its setting of a factor, in `said` as labels say it. @typedef {{ variant: string, factor: string, setting: string, at: number | null, said: string }} Setting */

/** The end of a key, as long as it must be to tell it from the others. @param {string} key @param {string[]} keys */
function tail(key, keys) {
  const parts = key.split(".");
  const ends = parts.map((_, i) => parts.slice(parts.length - 1 - i).join("."));
  return ends.find((end) => keys.filter((other) => `.${other}`.endsWith(`.${end}`)).length === 1) ?? key;
}

/** The rows of comparison_factors.csv; a setting that has neither a unit nor a word, or is one of two factors, has the end of its key in front. @param {import("./format.js").Table | null} factors @returns {Setting[]} */
export function settingsOf(factors) {
  if (!factors) return [];
  const keys = distinct(factors.factor);
  const settings = factors.setting.map(String);
  const isUnclear = (/** @type {number} */ i) => /^(true|false|[-+.\deE]+)$/.test(settings[i]) || settings.some((other, k) => other === settings[i] && factors.factor[k] !== factors.factor[i]);
  return settings.map((setting, i) => ({ variant: factors.variant[i], factor: factors.factor[i], setting, at: factors.number[i],
    said: isUnclear(i) ? `${tail(factors.factor[i], keys)}=${setting}` : setting }));
}

/** All of them in one line. @param {Setting[]} settings */
export const inOneLine = (settings) => settings.map(({ said }) => said).join(" \u00b7 ");

/** The short name of each variant: its settings of the factors that have more than one. A variant that has a name of its own keeps it. @param {import("./format.js").Table | null} factors @returns {(variant: string) => string} */
export function briefNames(factors) {
  const rows = settingsOf(factors);
  const varied = rows.filter((row) => rows.some((other) => other.factor === row.factor && other.setting !== row.setting));
  const variants = distinct(rows.map((row) => row.variant));
  const names = new Map(variants.map((variant) => [variant, inOneLine(varied.filter((row) => row.variant === variant))]));
  const areDifferent = new Set(names.values()).size === variants.length;
  return (variant) => (areDifferent && names.get(variant)) || variant;
}
