/* A tap on the body picture ticks the same place in the list beside it. Without this file the list alone does it. */

const REACH = [0, 7, 14, 21]; // pixels round the finger, so that a narrow place is as easy to tap as a wide one
const RAYS = 8;

const areaNear = (svg, x, y) => {
  for (const radius of REACH) {
    for (let ray = 0; ray < (radius ? RAYS : 1); ray += 1) {
      const angle = (2 * Math.PI * ray) / RAYS;
      const found = document.elementFromPoint(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
      const area = found?.closest?.("[data-area]");
      if (area && svg.contains(area)) return area;
    }
  }
  return null;
};

const TICK = "M-3.2 0.2l2.2 2.3 4.2-4.6";

const drawTick = (area, isOn) => {
  area.parentNode.querySelector(`[data-tick="${area.dataset.area}"]`)?.remove();
  if (!isOn) return;
  const { x, y, width, height } = area.getBBox();
  const tick = document.createElementNS("http://www.w3.org/2000/svg", "path");
  tick.setAttribute("d", TICK);
  tick.setAttribute("class", "body-tick");
  tick.setAttribute("data-tick", area.dataset.area);
  const size = area.closest(".body-picture-head") ? 0.6 : 1;
  tick.setAttribute("transform", `translate(${x + width / 2} ${y + height / 2}) scale(${size})`);
  area.after(tick);
};

const start = (body) => {
  const boxes = new Map([...body.querySelectorAll("input[type=checkbox]")].map((box) => [box.value, box]));
  const announced = body.querySelector("[data-body-announced]");
  const show = () => {
    body.querySelectorAll("[data-area]").forEach((area) => {
      const isOn = Boolean(boxes.get(area.dataset.area)?.checked);
      area.classList.toggle("is-felt", isOn);
      drawTick(area, isOn);
    });
  };
  body.querySelectorAll("[data-body-picture]").forEach((svg) => {
    svg.classList.add("is-tappable");
    svg.addEventListener("click", (event) => {
      const area = areaNear(svg, event.clientX, event.clientY);
      if (!area) return;
      const name = area.querySelector("title")?.textContent ?? "";
      body.dispatchEvent(new CustomEvent("body-area", { bubbles: true, detail: { area: area.dataset.area, name } }));
      const box = boxes.get(area.dataset.area);
      if (!box) return;
      box.checked = !box.checked;
      announced.textContent = `${name}: ${box.checked ? body.dataset.marked : body.dataset.unmarked}`;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    });
  });
  body.addEventListener("change", show);
  const list = body.querySelector("[data-body-list]");
  if (list) {
    list.open = false;
    show();
    window.addEventListener("pageshow", show); // the back button brings the ticks back later
  }
};

document.querySelectorAll("[data-body]").forEach(start);
