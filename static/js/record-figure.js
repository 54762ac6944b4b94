/* The figure above the sites: a tap opens the list of its region; each site is marked with its number as it is entered. */

(() => {
  const form = document.querySelector("[data-record]");
  const figure = form?.querySelector("[data-figure]");
  if (!figure) return;
  const shelf = JSON.parse(document.getElementById("record-shelf").textContent);
  const [FRONT_MIDDLE, BACK_FROM_X, BACK_MIDDLE] = [76, 152, 228];
  const areas = new Map([...figure.querySelectorAll("[data-area]")].map((shape) => [shape.dataset.area, shape]));
  const marks = figure.querySelector("[data-marks]");

  const sites = () =>
    [...form.querySelectorAll("[data-rows=sites] [data-row]")].map((row, index) => ({
      number: index + 1,
      isKept: !row.querySelector("[name$='-DELETE']").checked,
      muscle: row.querySelector("select[name$='-muscle']").value,
      side: row.querySelector("[name$='-side']:checked")?.value,
    }));

  /* In the middle: the areas there, else those of both sides. */
  const areasOf = ({ muscle, side, isKept }) => {
    const all = (isKept && side && shelf.muscles[muscle]?.lies_in) || [];
    const ofSide = all.filter((key) => [side, "middle"].includes(shelf.areas[key]?.side));
    return ofSide.length || side !== "middle" ? ofSide : all;
  };

  const show = () => {
    const marked = new Set();
    const numbers = new Map();
    sites().forEach((site) => {
      const keys = areasOf(site);
      keys.forEach((key) => marked.add(key));
      [false, true].forEach((isBack) => {
        const point = keys.map((key) => shelf.areas[key].middle).find(([x]) => x >= BACK_FROM_X === isBack);
        if (point) numbers.set(`${point}`, [...(numbers.get(`${point}`) ?? []), site.number]);
      });
    });
    areas.forEach((shape, key) => shape.classList.toggle("is-marked", marked.has(key)));
    marks.replaceChildren(
      ...[...numbers].map(([point, words]) => {
        const text = document.createElementNS("http://www.w3.org/2000/svg", "text");
        const [x, y] = point.split(",");
        const isLeftOfMiddle = Number(x) < (x < BACK_FROM_X ? FRONT_MIDDLE : BACK_MIDDLE);
        Object.entries({ class: `site-mark${isLeftOfMiddle ? " is-left" : ""}`, x, y }).forEach(([name, value]) => text.setAttribute(name, value));
        text.textContent = words.join(" ");
        return text;
      }),
    );
  };

  form.querySelectorAll("[data-picks]").forEach((place) => {
    place.addEventListener("click", (event) => {
      event.preventDefault();
      const list = form.querySelector(`[data-region="${place.dataset.picks}"]`);
      list.open = true;
      list.querySelector("summary").focus();
      list.scrollIntoView({ block: "nearest" });
    });
  });

  form.querySelectorAll("[data-region]").forEach((list) => {
    list.addEventListener("toggle", () => {
      const place = figure.querySelector(`[data-picks="${list.dataset.region}"]`);
      place?.classList.toggle("is-active", list.open);
    });
  });

  form.addEventListener("record-rows", show);
  show();
})();
