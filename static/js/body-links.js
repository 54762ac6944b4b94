/* On the picture of the body a finger may land beside a narrow place, and the place under it has a name to read.
   Without this file every place is a link all the same, and the list beside it holds them all. */

const REACH = [7, 14, 21]; // pixels round the finger
const RAYS = 8;

const linkNear = (svg, x, y) => {
  for (const radius of REACH) {
    for (let ray = 0; ray < RAYS; ray += 1) {
      const angle = (2 * Math.PI * ray) / RAYS;
      const link = document.elementFromPoint(x + radius * Math.cos(angle), y + radius * Math.sin(angle))?.closest?.("a");
      if (link && svg.contains(link)) return link;
    }
  }
  return null;
};

document.querySelectorAll("[data-body-links-box]").forEach((box) => {
  const name = box.querySelector("[data-body-name]");
  const first = [...name.childNodes];
  const show = (event) => {
    const link = event.target.closest?.("[data-body-links] a");
    if (link) name.textContent = link.getAttribute("aria-label");
    else name.replaceChildren(...first);
  };
  box.addEventListener("pointerover", show);
  box.addEventListener("pointerleave", () => name.replaceChildren(...first));
  box.addEventListener("focusin", show);
  box.addEventListener("focusout", () => name.replaceChildren(...first));
  box.querySelectorAll("[data-body-links]").forEach((svg) => {
    svg.addEventListener("click", (event) => {
      if (event.target.closest("a")) return;
      const link = linkNear(svg, event.clientX, event.clientY);
      if (link) window.location.assign(link.href.baseVal);
    });
  });
});
