/** A card beside the pointer with the figures of the county or link below it. */

import { fill, h } from "../../lib/dom.js";
import { formatNumber, formatQuantity, formatShare, formatWeightedWon } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";

const OFFSET = 14;

/** The card; it shows what the listeners of the frame find below the pointer or in focus. */
export class HoverCard {
  /** @param {HTMLElement} frame frame of the drawing @param {MapData} data the figures @param {() => MapState} getState returns what is shown */
  constructor(frame, data, getState) {
    this.frame = frame;
    this.data = data;
    this.getState = getState;
    // Buttons have the same figures as labels, so screen readers need no card.
    this.element = h("div", { class: "map-hover", hidden: true, "aria-hidden": "true" });
    frame.addEventListener("pointermove", (event) => this.update(event.target, event));
    frame.addEventListener("pointerleave", () => this.hide());
    frame.addEventListener("focusin", (event) => this.update(event.target, null));
    frame.addEventListener("focusout", () => this.hide());
  }

  hide() {
    this.element.hidden = true;
  }

  /** @param {EventTarget|null} target @param {{clientX: number, clientY: number}|null} pointer */
  update(target, pointer) {
    const part =
      target instanceof Element ? target.closest("[data-hover-county], [data-hover-link]") : null;
    if (!(part instanceof SVGElement)) return this.hide();
    const { hoverCounty, hoverLink } = part.dataset;
    const state = this.getState();
    fill(
      this.element,
      hoverCounty
        ? describeCounty(this.data, hoverCounty, state)
        : describeLink(this.data, hoverLink ?? "", state),
    );
    this.element.hidden = false;
    this.place(pointer ?? getMiddle(part));
    return undefined;
  }

  /** @param {{clientX: number, clientY: number}} pointer */
  place({ clientX, clientY }) {
    const { left, top, width } = this.frame.getBoundingClientRect();
    const x = clientX - left;
    const isRight = x > width / 2;
    this.element.style.left = isRight ? "auto" : `${x + OFFSET}px`;
    this.element.style.right = isRight ? `${width - x + OFFSET}px` : "auto";
    this.element.style.top = `${Math.max(0, clientY - top + OFFSET)}px`;
  }
}

/** @param {Element} element @returns {{clientX: number, clientY: number}} */
function getMiddle(element) {
  const { x, y, width, height } = element.getBoundingClientRect();
  return { clientX: x + width / 2, clientY: y + height / 2 };
}

/** @param {MapData} data @param {string} county @param {MapState} state @returns {Child[]} */
function describeCounty(data, county, state) {
  const { problemIndex } = data;
  const figures = data.listMeasures().map((measure) => {
    const shown = { ...state, measure };
    const figure = data.computeFigure(county, shown);
    return (
      figure !== null && renderLine(t(`map.measure.${measure}`), data.formatFigure(figure, shown))
    );
  });
  return [
    h("b", {}, problemIndex.getName(county)),
    renderLine(t("map.people"), formatNumber(problemIndex.getPopulation(county))),
    ...figures,
  ];
}

/** @param {MapData} data @param {string} id @param {MapState} state @returns {Child[]} */
function describeLink(data, id, { month }) {
  const { problemIndex } = data;
  const mode = problemIndex.links.get(id)?.mode ?? "road";
  const ways = data.listDirections(id, month).filter(({ used }) => used > 0);
  const price = Math.max(0, ...data.listDirections(id, month).map((way) => way.price));
  return [
    h("b", {}, `${t(`map.mode.${mode}`)} ${problemIndex.getName(id)}`),
    ways.length === 0 && renderLine(t("map.tonnes"), formatQuantity(0, "tonne")),
    ...ways.map(({ to, used, limit }) => {
      const full = limit > 0 ? ` (${t("map.full", { share: formatShare(used / limit) })})` : "";
      return renderLine(`→ ${problemIndex.getName(to)}`, `${formatQuantity(used, "tonne")}${full}`);
    }),
    price > 0 && renderLine(t("map.link-price"), formatWeightedWon(price)),
  ];
}

/** @param {string} name @param {string} text @returns {HTMLElement} */
const renderLine = (name, text) => h("div", {}, h("span", { class: "soft" }, name), " ", text);
