/* The desk's pages work without this file: then the day stands still until it is loaded again. */

/* The day does not fetch itself while nobody looks, or while somebody is about to press one of its buttons. */
document.addEventListener("htmx:beforeRequest", (event) => {
  const part = event.target;
  if (!part.matches("[data-refresh]")) return;
  const form = document.activeElement?.closest("form");
  if (document.hidden || isMoving() || (form && part.contains(form))) event.preventDefault();
});

/* Nor does it change under a visit that is being dragged. */
const isMoving = () => "moving" in document.documentElement.dataset;
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.target.matches("[data-refresh]") && isMoving()) event.detail.shouldSwap = false;
});

document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
