/* A word of the glossary says what it means on the spot. Without this file, or in an old browser, it is a link there. */

const GAP = 8;
let bubble = null;
let word = null;

const place = () => {
  const { left, bottom, top } = word.getBoundingClientRect();
  const { width, height } = bubble.getBoundingClientRect();
  const under = bottom + GAP + height < window.innerHeight;
  bubble.style.left = `${Math.max(16, Math.min(left, window.innerWidth - width - 16))}px`;
  bubble.style.top = `${under ? bottom + GAP : Math.max(GAP, top - height - GAP)}px`;
};

const make = () => {
  bubble = document.createElement("div");
  bubble.className = "term-bubble";
  bubble.popover = "auto";
  bubble.tabIndex = -1;
  bubble.role = "note";
  bubble.append(document.createElement("p"));
  document.querySelector("main").append(bubble);
  bubble.addEventListener("toggle", ({ newState }) => {
    if (newState === "closed" && bubble.contains(document.activeElement)) word.focus();
  });
  bubble.addEventListener("keydown", ({ key }) => {
    if (key === "Tab") bubble.hidePopover(); // and on to what comes after the word
  });
  window.addEventListener("scroll", place, { passive: true }); // it stays with its word
};

const explain = (event) => {
  const link = event.target.closest("a.term");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (!bubble) make();
  bubble.hidePopover();
  word = link;
  bubble.firstChild.textContent = link.dataset.meaning;
  bubble.showPopover();
  place();
  bubble.focus({ preventScroll: true });
};

if ("popover" in HTMLElement.prototype) document.addEventListener("click", explain);
