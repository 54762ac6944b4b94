/* On the board a visit is dragged to another time, person or day; then the desk is asked. Without this file, and by
   keyboard, the page "Move this visit" does the same. */

(() => {
  const SLACK = 6; // a hand that clicks trembles so many pixels
  const EDGE = 56;
  const A_ROW = 5; // minutes
  const dialog = document.querySelector("#move-dialog");
  let drag = null; // what is being dragged, until it is dropped
  let asked = null; // what was dropped, until the desk has answered

  const clock = (minutes) =>
    `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

  const begin = (event) => {
    const visit = event.target.closest("[data-move]");
    const isMeant = event.pointerType === "mouse" ? event.button === 0 : event.target.closest(".board-grip");
    if (!visit || !isMeant || drag || asked) return;
    const box = visit.getBoundingClientRect();
    drag = { visit, pointer: event.pointerId, fromX: event.clientX, fromY: event.clientY, grab: event.clientY - box.top };
    drag.length = visit.dataset.end - visit.dataset.start;
    drag.row = (box.height * A_ROW) / drag.length;
    drag.home = visit.closest("[data-day]");
    document.documentElement.dataset.moving = ""; // from the press on: the day is not fetched anew under the hand
  };

  const lift = () => {
    drag.ghost = drag.visit.cloneNode(true);
    drag.ghost.querySelector("[id]")?.removeAttribute("id");
    drag.ghost.classList.add("is-ghost");
    drag.ghost.setAttribute("aria-hidden", "true");
    drag.ghost.style.gridColumn = "1 / -1";
    drag.visit.classList.add("is-lifted");
    window.getSelection()?.removeAllRanges();
    requestAnimationFrame(scrollAtEdges);
  };

  /* The column under the pointer and the start that the visit would have there, on the grid of its kind. */
  const follow = () => {
    const board = drag.home.closest(".board");
    const columns = [...board.querySelectorAll("[data-day]")];
    const gap = (column) => {
      const box = column.getBoundingClientRect();
      return Math.max(box.left - drag.x, drag.x - box.right, 0);
    };
    drag.column = columns.reduce((best, column) => (gap(column) < gap(best) ? column : best));
    const box = drag.column.getBoundingClientRect();
    const first = board.dataset.firstHour * 60;
    const last = first + Math.round(box.height / drag.row) * A_ROW - drag.length;
    const step = Number(drag.visit.dataset.step);
    const wish = first + ((drag.y - drag.grab - box.top) / drag.row) * A_ROW;
    const start = Math.round(wish / step) * step;
    drag.start = Math.min(Math.max(start, first), Math.floor(last / step) * step);
    const row = (drag.start - first) / A_ROW + 1;
    drag.ghost.style.gridRow = `${row} / span ${Math.ceil(drag.length / A_ROW)}`;
    drag.ghost.querySelector("time").textContent = clock(drag.start);
    if (drag.ghost.parentElement !== drag.column) drag.column.append(drag.ghost);
  };

  const scrollAtEdges = () => {
    if (!drag?.ghost) return;
    const towards = (place, end) => (place < EDGE ? -8 : place > end - EDGE ? 8 : 0);
    const wide = drag.home.closest(".board-scroll");
    const box = wide.getBoundingClientRect();
    const down = towards(drag.y, window.innerHeight);
    const aside = wide.scrollWidth > wide.clientWidth ? towards(drag.x - box.left, box.width) : 0;
    if (down || aside) {
      window.scrollBy({ top: down, behavior: "instant" });
      wide.scrollBy({ left: aside, behavior: "instant" });
      follow();
    }
    requestAnimationFrame(scrollAtEdges);
  };

  const move = (event) => {
    if (event.pointerId !== drag?.pointer) return;
    drag.x = event.clientX;
    drag.y = event.clientY;
    if (!drag.ghost && Math.hypot(drag.x - drag.fromX, drag.y - drag.fromY) < SLACK) return;
    if (!drag.ghost) lift();
    event.preventDefault();
    follow();
  };

  const putBack = () => {
    const put = drag ?? asked;
    put?.ghost?.remove();
    put?.visit.classList.remove("is-lifted");
    delete document.documentElement.dataset.moving;
    drag = asked = null;
  };

  /* The press that ends a drag is no click on the visit. */
  const swallowClick = () => {
    const swallow = (event) => {
      event.preventDefault();
      event.stopPropagation();
    };
    document.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => document.removeEventListener("click", swallow, { capture: true }));
  };

  const drop = (event) => {
    if (event.pointerId !== drag?.pointer) return;
    if (!drag.ghost) return putBack();
    swallowClick();
    const { visit, column, home, start } = drag;
    if (column === home && start === Number(visit.dataset.start)) return putBack();
    const query = new URLSearchParams({
      starts_at: `${column.dataset.day}T${clock(start)}`,
      practitioner: column.dataset.practitioner,
      is_other_place: column !== home && !column.dataset.practitioner ? "1" : "",
      seen_sequence: visit.dataset.seen,
      next: window.location.pathname + window.location.search,
    });
    [asked, drag] = [drag, null];
    asked.address = `${visit.dataset.move}?${query}`;
    window.htmx.ajax("GET", asked.address, { target: dialog, swap: "innerHTML" });
  };

  document.addEventListener("pointerdown", begin);
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", () => drag && putBack());
  document.addEventListener("dragstart", (event) => event.target.closest?.("[data-move]") && event.preventDefault());
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !drag?.ghost) return;
    putBack();
    document.addEventListener("pointerup", swallowClick, { once: true });
  });

  /* The question and its refusals come into the dialog; anything else that goes wrong is a page of its own. */
  dialog.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status === 409) [event.detail.shouldSwap, event.detail.isError] = [true, false];
  });
  dialog.addEventListener("htmx:afterSwap", () => {
    if (!dialog.open) {
      asked?.visit.querySelector("a").focus({ preventScroll: true });
      dialog.showModal();
    }
    dialog.querySelector("[data-first-focus]")?.focus();
  });
  for (const failure of ["htmx:responseError", "htmx:sendError"]) {
    dialog.addEventListener(failure, () => asked && window.location.assign(asked.address));
  }
  dialog.addEventListener("click", (event) => {
    if (!event.target.closest("[data-close]")) return;
    event.preventDefault();
    dialog.close();
  });
  dialog.addEventListener("close", putBack);
  document.querySelector("[data-drag-hint]")?.removeAttribute("hidden");
})();
