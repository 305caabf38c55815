// Places on the rings of the replay, without a browser: the modules are joined as in the page.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../browser.mjs";

const source = ["charts/colours.js", "replay/recording.js", "replay/seats.js"].map((file) => readFileSync(join(root, "web/src", file), "utf8").replaceAll(/^import .*$/gm, "")).join("\n");
const { areShared, membersOf, seatsOf } = await import(`data:text/javascript,${encodeURIComponent(source)}`);

/** A film of peers, each `[joined, left, upload]`. */
function filmOf(lives) {
  const peers = lives.map(([joined, left, upload], id) => ({ id, group: 0, seed: false, joined, left, upload }));
  return { groups: ["peers"], peers, all: peers };
}

/** The same numbers every time. */
function numbers(seed) {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

test("as many places as peers are ever there at once, and no two that are there have the same one", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const next = numbers(seed);
    const lives = [...Array(60).keys()].map(() => {
      // In tenths, some at the same moment, some gone at once, some for good.
      const joined = Math.floor(next() * 300) / 10;
      return [joined, next() < 0.1 ? null : joined + Math.floor(next() * 60) / 10, Math.ceil(next() * 4)];
    });
    const film = filmOf(lives);
    const { count, of } = seatsOf(film, membersOf(film, 0));
    const thereAt = (now) => lives.flatMap(([joined, left], i) => (joined <= now && (left === null || now < left) ? [i] : []));
    const busiest = Math.max(...lives.map(([joined]) => thereAt(joined).length));
    assert.ok(count === busiest || count === busiest + 1, `${count} places for ${busiest} at once`);
    for (const [joined] of lives) {
      const seats = thereAt(joined).map((i) => of.get(i));
      assert.equal(new Set(seats).size, seats.length, `seed ${seed} at ${joined}`);
      assert.ok(seats.every((seat) => seat >= 0 && seat < count));
    }
    assert.equal(of.size, lives.length);
  }
});

test("where nobody leaves before the last has come, places go by upload capacity", () => {
  const film = filmOf([[0, 90, 5], [1, 95, 1], [2, null, 3], [3, 91, 1], [4, null, 2]]);
  assert.deepEqual([...seatsOf(film, membersOf(film, 0)).of.entries()].sort().map(([, seat]) => seat), [4, 0, 3, 1, 2]);
  assert.equal(areShared(film), false);
});

test("a place is had by one after the other, and no initial seed has one", () => {
  const film = filmOf([[0, 10, 1], [10, 20, 1], [20, null, 1]]);
  film.peers.push({ id: 3, group: 0, seed: true, joined: 0, left: null, upload: 1 });
  const { count, of } = seatsOf(film, membersOf(film, 0));
  assert.equal(count, 1);
  assert.deepEqual([...of.keys()], [0, 1, 2]);
  assert.equal(areShared(film), true);
});
