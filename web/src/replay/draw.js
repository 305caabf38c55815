// The swarm at one moment, on a canvas.
import { short } from "../format.js";
import { isSeed, isThere, neighboursOf, progress } from "./recording.js";

/** @typedef {import("./recording.js").Recording} Recording */
/** @typedef {import("./recording.js").Moment} Moment */
/** @typedef {import("./recording.js").Slot} Slot */
/** @typedef {import("./layout.js").Layout} Layout */
/** @typedef {import("./layout.js").Point} Point */
/** @typedef {{ moment: Moment, fade: number, cursor: number, chosen: number, answered: boolean, paper: boolean }} View `fade`: seconds that arrivals and departures take; a peer that is not there is -1; `answered`: slots that are not answered are left out */
/** @typedef {{ context: CanvasRenderingContext2D, film: Recording, layout: Layout, view: View, colours: string[], ink: string, soft: string, line: string, card: string }} Scene */

/** Lines of answered slots: so wide, and thinner where there are more than so many of them, or the picture is small. */
const WIDE = 2.8;
const MANY = 60;

/** How strong slots are that are not answered, while no peer is chosen. */
const FAINT = 0.3;

/** @param {Scene} scene @param {number} width @param {number} height */
export function drawSwarm(scene, width, height) {
  const { context, film, layout, view, soft, line } = scene;
  context.clearRect(0, 0, width, height);
  // Paper shows the picture at less than half of its size.
  const letter = view.paper ? 24 : width < 500 ? 13 : 15;
  context.font = `${letter}px system-ui, sans-serif`;
  context.textAlign = "center";
  for (const ring of layout.rings) {
    context.fillStyle = soft;
    const away = ring.radius + layout.size;
    context.fillText(short(ring.name, letter === 15 ? 22 : 16), ring.x, ring.above ? ring.y - away - 10 : ring.y + away + 8 + 0.8 * letter);
  }
  const slots = view.moment.slots.filter((slot) => !view.answered || view.moment.both(slot));
  const near = (/** @type {{ from: number, to: number }} */ slot) => view.chosen < 0 || slot.from === view.chosen || slot.to === view.chosen;
  const partners = new Map(slots.flatMap((slot) => [slot.from, slot.to].filter((i) => i >= film.peers.length).map((i) => [i, near(slot)])));
  const wide = WIDE * Math.min(1, layout.size / 10) * Math.max(0.55, Math.min(1, Math.sqrt(MANY / slots.filter((slot) => near(slot) && view.moment.both(slot)).length)));
  for (const slot of slots) if (!near(slot)) drawSlot(scene, slot, 0.07, wide);
  // Partners stand out: what is not answered lies below, and is faint unless a peer is chosen.
  const [oneWay, answered] = [false, true].map((wanted) => slots.filter((slot) => near(slot) && view.moment.both(slot) === wanted));
  for (const slot of oneWay) drawSlot(scene, slot, view.chosen < 0 ? FAINT : 1, wide);
  for (const slot of answered) drawSlot(scene, slot, 1, wide);
  drawNeighbours(scene);
  for (const [i, close] of partners) drawPartner(scene, i, close || near({ from: i, to: i }) ? 1 : 0.3);
  for (const { x, y } of layout.seats) disc(context, x, y, Math.min(2.5, layout.size / 2), line);
  film.peers.forEach((_, i) => drawPeer(scene, i));
}

/**
 * A line that bends to the left of its way, so that both ways can be seen; its arrow points to the receiver. While it is in use a bead runs along it.
 * @param {Scene} scene @param {Slot} slot @param {number} alpha @param {number} wide if it is answered
 */
function drawSlot({ context, film, layout, view, colours }, slot, alpha, wide) {
  const [both, sending] = [view.moment.both(slot), view.moment.sending(slot)];
  const [from, to] = [layout.points[slot.from], layout.points[slot.to]];
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy) || 1;
  const bend = Math.min(26, length * 0.12);
  const turn = { x: (from.x + to.x) / 2 + (dy / length) * bend, y: (from.y + to.y) / 2 - (dx / length) * bend };
  const angle = Math.atan2(to.y - turn.y, to.x - turn.x);
  const gap = slot.to < film.peers.length ? layout.size + (slot.to === view.chosen ? 9 : 3) : 4;
  const tip = { x: to.x - gap * Math.cos(angle), y: to.y - gap * Math.sin(angle) };
  context.globalAlpha = alpha * (both || slot.optimistic ? 1 : 0.55) * (sending ? 1 : 0.35);
  context.strokeStyle = context.fillStyle = colours[film.all[slot.from].group];
  context.lineWidth = both ? wide : 1.1;
  context.setLineDash(slot.optimistic ? [5, 4] : []);
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.quadraticCurveTo(turn.x, turn.y, tip.x, tip.y);
  context.stroke();
  context.setLineDash([]);
  if (sending) {
    arrow(context, tip, angle, Math.max(5, Math.min(9, layout.size * 0.6)));
    if (alpha >= FAINT) bead(context, from, turn, tip, along(view, slot), both ? 3 : 2.4);
  }
  context.globalAlpha = 1;
}

/** Where the bead of a slot is on its way, 0 to 1: a matter of the moment alone. Without motion it stays. @param {View} view @param {Slot} slot */
const along = (view, slot) => ((view.fade < 1e-6 ? 0 : view.moment.now / (3 * view.fade)) + slot.from * 0.37 + slot.to * 0.61) % 1;

/** @param {CanvasRenderingContext2D} context @param {Point} tip @param {number} angle @param {number} size */
function arrow(context, tip, angle, size) {
  context.beginPath();
  context.moveTo(tip.x, tip.y);
  for (const side of [-0.45, 0.45]) context.lineTo(tip.x - size * Math.cos(angle + side), tip.y - size * Math.sin(angle + side));
  context.fill();
}

/** @param {CanvasRenderingContext2D} context @param {Point} from @param {Point} turn @param {Point} to @param {number} t @param {number} radius */
function bead(context, from, turn, to, t, radius) {
  const at = (/** @type {"x" | "y"} */ axis) => (1 - t) ** 2 * from[axis] + 2 * t * (1 - t) * turn[axis] + t ** 2 * to[axis];
  context.beginPath();
  context.arc(at("x"), at("y"), radius, 0, 2 * Math.PI);
  context.fill();
}

/** A small dot for who is not shown itself. @param {Scene} scene @param {number} i @param {number} alpha */
function drawPartner({ context, film, layout, colours, card }, i, alpha) {
  const { x, y } = layout.points[i];
  context.globalAlpha = alpha;
  disc(context, x, y, 3.6, card);
  disc(context, x, y, 2.6, colours[film.all[i].group]);
  context.globalAlpha = 1;
}

/** A thin rim around the neighbours of the peer that is chosen, unless everybody is one. @param {Scene} scene */
function drawNeighbours({ context, film, layout, view, soft }) {
  if (view.chosen < 0 || film.fullMesh) return;
  for (const i of neighboursOf(film, view.chosen, view.moment.now) ?? []) {
    rim(context, layout.points[i].x, layout.points[i].y, i < film.peers.length ? layout.size + 4 : 5, soft, 1.2);
  }
}

/** A peer: a pie that fills up, a square for an initial seed, a second rim once it is complete. @param {Scene} scene @param {number} i */
function drawPeer(scene, i) {
  const { context, film, layout, view, colours, card } = scene;
  const [peer, { x, y }, { size }, { now }] = [film.peers[i], layout.points[i], layout, view.moment];
  const fading = peer.left !== null && now >= peer.left ? 1 - (now - peer.left) / view.fade : 1;
  if (!isThere(peer, now) && !(now >= peer.joined && fading > 0)) return;
  context.globalAlpha = Math.min(fading, peer.joined === 0 ? 1 : Math.max(0.15, Math.min(1, (now - peer.joined) / view.fade)));
  const colour = colours[peer.group];
  if (peer.seed) box(context, x, y, size, colour);
  else {
    disc(context, x, y, size, card);
    pie(context, x, y, size, progress(film, peer, now), colour);
    rim(context, x, y, size, colour, 2);
    if (isSeed(peer, now)) rim(context, x, y, size + 3.5, colour, 1.5);
  }
  flash(scene, i);
  context.globalAlpha = 1;
  mark(scene, i);
}

/** A ring that runs outwards when a peer completes the file. @param {Scene} scene @param {number} i */
function flash({ context, film, layout, view, colours }, i) {
  const { completed, group } = film.peers[i];
  const age = completed === null ? -1 : (view.moment.now - completed) / (view.fade * 2);
  if (age < 0 || age >= 1) return;
  context.globalAlpha = 1 - age;
  rim(context, layout.points[i].x, layout.points[i].y, layout.size * (1 + 1.6 * age), colours[group], 3);
}

/** The peer that is chosen, and the one that the keyboard is at. @param {Scene} scene @param {number} i */
function mark({ context, layout, view, ink }, i) {
  const { x, y } = layout.points[i];
  if (i === view.chosen) rim(context, x, y, layout.size + 6, ink, 3);
  if (i !== view.cursor || i === view.chosen) return;
  context.setLineDash([3, 3]);
  rim(context, x, y, layout.size + 6, ink, 2);
  context.setLineDash([]);
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} radius @param {string} colour */
function disc(context, x, y, radius, colour) {
  context.fillStyle = colour;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} radius @param {string} colour @param {number} width */
function rim(context, x, y, radius, colour, width) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} radius @param {number} share @param {string} colour */
function pie(context, x, y, radius, share, colour) {
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(x, y);
  context.arc(x, y, radius, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * share);
  context.fill();
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} size @param {string} colour */
function box(context, x, y, size, colour) {
  context.fillStyle = colour;
  context.fillRect(x - size, y - size, 2 * size, 2 * size);
}
