/** The drawing: counties, links, gateways, neighbours. */

import { s } from "../../lib/dom.js";
import { scale } from "../../lib/palette.js";
import { around, cells, path, positions } from "./geometry.js";
import { Labels } from "./labels.js";

/** Pixels below which only the counties are drawn, as large as there is room for. */
export const NARROW = 560;

/**
 * Draw the province.
 * @param {import("./map-data.js").MapData} data the figures
 * @param {{measure: string, month: string|null, item: string|null, county: string|null}} state what is shown
 * @param {import("../../lib/router.js").Context} context of the view
 * @param {(county: string) => void} pick told of a county that is chosen
 * @param {number} width pixels there are from side to side
 * @param {number} tall pixels there are at most from top to bottom
 * @returns {SVGElement} the drawing
 */
export function draw(data, state, context, pick, width, tall) {
  const at = positions(data.atlas);
  const ground = cells(new Map([...data.atlas.counties.keys()].map((id) => [id, at.get(id)])));
  const box =
    width < NARROW
      ? around([...ground.values()].flat(), 8, 8, 0)
      : around([...ground.values(), ...at.values()].flat(), 60, 24, width / tall);
  const paper = {
    data,
    state,
    context,
    pick,
    at,
    ground,
    unit: Math.max(box.width / width, box.height / tall),
    labels: new Labels(box),
  };
  for (const id of data.atlas.counties.keys())
    paper.labels.keep(at.get(id), radius(paper, id) + 2 * paper.unit);
  const gates = [...data.atlas.stations.keys()].map((id) => stationName(paper, id)); // they have less room, so they come first
  const layers = [
    s(
      "g",
      { class: "map-ground" },
      [...ground.keys()].map((id) => county(paper, id)),
    ),
    s("g", { class: "map-links" }, linksOf(paper)),
    s(
      "g",
      { class: "map-places" },
      [...data.atlas.stations.keys()].map((id) => station(paper, id)),
      [...ground.keys()].map((id) => seat(paper, id)),
    ),
    s(
      "g",
      { class: "map-names" },
      bySize(data).map((id) => countyName(paper, id)),
      gates,
    ),
  ];
  const view = `${box.x} ${box.y} ${box.width} ${box.height}`;
  return s(
    "svg",
    {
      viewBox: view,
      class: "map-svg",
      role: "group",
      "aria-label": context.t("map.drawing"),
      style: { "font-size": `${13 * paper.unit}px` },
    },
    layers,
  );
}

/** Counties, the largest first: where there is no room for all names, theirs are written. */
const bySize = ({ atlas }) =>
  [...atlas.counties.keys()].sort((one, other) => atlas.people(other) - atlas.people(one));

function radius({ data, unit }, id) {
  const most =
    Math.max(...[...data.atlas.counties.keys()].map((one) => data.atlas.people(one))) || 1;
  return unit * (3 + 10 * Math.sqrt(data.atlas.people(id) / most));
}

/** The colour of a county. @param {import("./map-data.js").MapData} data the figures @param {string} id the county @param {object} state what is shown @returns {string} the colour */
export function shade(data, id, state) {
  const figure = data.figure(id, state);
  return figure === null ? "var(--land)" : scale(state.measure, figure / data.highest(state));
}

function county({ data, state, context, pick, ground, unit }, id) {
  const { t, format } = context;
  const figure = data.write(data.figure(id, state), state);
  const said = t("map.county-said", {
    name: data.atlas.name(id),
    measure: t(`map.measure.${state.measure}`),
    figure,
    people: format.number(data.atlas.people(id)),
  });
  const press = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    pick(id);
  };
  return s(
    "path",
    {
      d: path(ground.get(id)),
      class: "map-county",
      role: "button",
      tabindex: "0",
      "aria-pressed": String(id === state.county),
      "aria-label": said,
      data: { place: id, figure },
      style: {
        fill: shade(data, id, state),
        "stroke-width": `${(id === state.county ? 3 : 1.6) * unit}px`,
      },
      on: { click: press, keydown: press },
    },
    s("title", {}, said),
  );
}

function linksOf(paper) {
  const { data, state } = paper;
  const all = [...data.atlas.links.values()].map((link) => ({
    link,
    now: data.link(link.id, state.month),
  }));
  const most = Math.max(...all.map(({ now }) => now.tonnes)) || 1;
  return all.map(({ link, now }) => lineOf(paper, link, now, most));
}

function lineOf(paper, link, now, most) {
  const { at, unit, context, data } = paper;
  const [from, to] = [at.get(link.from), at.get(link.to)];
  const ends = { x1: from.x, y1: from.y, x2: to.x, y2: to.y };
  const width = unit * (1 + 11 * Math.sqrt(now.tonnes / most));
  const colour = now.full === null ? "var(--road)" : scale("full", now.full);
  const rail = link.mode === "rail";
  const { t, format } = context;
  const full =
    now.full === null ? t("map.no-limit") : t("map.full", { share: format.share(now.full) });
  const said = `${t(`map.mode.${link.mode ?? "road"}`)} ${data.atlas.name(link.id)}: ${format.quantity(now.tonnes, "tonne")}, ${full}`;
  return s(
    "g",
    { class: "map-link", data: { link: link.id, tonnes: now.tonnes } },
    s("title", {}, said),
    s("line", { ...ends, class: "map-halo", style: { "stroke-width": `${width + 3 * unit}px` } }),
    s("line", {
      ...ends,
      style: {
        stroke: colour,
        "stroke-width": `${width}px`,
        "stroke-dasharray": rail ? "none" : `${6 * unit} ${3 * unit}`,
      },
    }),
    now.tonnes > 0 && arrow(from, to, now.to === link.to, Math.max(width, 5 * unit), unit),
  );
}

/** An arrow head in the middle of a line, where more goes. */
function arrow(from, to, forward, width, unit) {
  const angle = Math.atan2(to.y - from.y, to.x - from.x) + (forward ? 0 : Math.PI);
  const size = width * 0.5 + 2 * unit;
  const turn = `translate(${(from.x + to.x) / 2} ${(from.y + to.y) / 2}) rotate(${(angle * 180) / Math.PI})`;
  return s("path", {
    class: "map-arrow",
    transform: turn,
    d: `M${-size * 0.6} ${-size * 0.75}L${size * 0.8} 0L${-size * 0.6} ${size * 0.75}`,
  });
}

function seat(paper, id) {
  const { x, y } = paper.at.get(id);
  return s("circle", {
    cx: x,
    cy: y,
    r: radius(paper, id),
    class: "map-seat",
    style: { "stroke-width": `${1.6 * paper.unit}px` },
  });
}

/** Whether a station has something to tell: the centre hands over there, or a neighbour stands there. */
function telling({ data }, id) {
  const gateway = (data.atlas.problem.supply_shares?.gateways ?? []).includes(id);
  return {
    gateway,
    partners: [...data.atlas.partners.values()].filter((partner) => partner.at === id),
  };
}

function station(paper, id) {
  const { unit, at } = paper;
  const { x, y } = at.get(id);
  const size = (telling(paper, id).gateway ? 7 : 3.5) * unit;
  return s("rect", {
    x: x - size,
    y: y - size,
    width: 2 * size,
    height: 2 * size,
    transform: `rotate(45 ${x} ${y})`,
    class: telling(paper, id).gateway ? "map-gateway" : "map-station",
    style: { "stroke-width": `${1.6 * unit}px` },
  });
}

function countyName(paper, id) {
  const { data, state, at, unit } = paper;
  const name = data.atlas.name(id).replace(/ (County|City)$/, "");
  return paper.labels.place(at.get(id), radius(paper, id) + 4 * unit, unit, [
    { text: name, class: "map-name" },
    { text: data.write(data.figure(id, state), state), class: "map-figure" },
  ]);
}

function stationName(paper, id) {
  const { data, state, at, unit, context } = paper;
  const { t, format } = context;
  const { gateway, partners } = telling(paper, id);
  if (!gateway && !partners.length) return null;
  const lines = [{ text: data.atlas.name(id), class: "map-name" }];
  const central = data.sum(id, state)?.central ?? 0;
  const amount = state.item
    ? format.quantity(central, data.atlas.unit(state.item))
    : format.won(central);
  if (gateway) lines.push({ text: t("map.gateway", { amount }), class: "map-central" });
  for (const partner of partners) {
    const { given, taken } = data.swap(partner.id, state.month);
    if (given < 0.5 && taken < 0.5) continue; // less than a won, or nothing: a label of zeros says nothing
    lines.push({
      text: t("map.swap", {
        name: data.atlas.name(partner.id),
        given: format.short(given),
        taken: format.short(taken),
      }),
      class: "map-swap",
    });
  }
  return paper.labels.place(at.get(id), 11 * unit, unit, lines);
}
