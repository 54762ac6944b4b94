/* The ring goes on while the page is open. How long is left, the server said; without this file it says so at each visit. */

const MINUTE = 60;
const HOUR = 3600;

const tick = (box, begun) => {
  const { secondsLeft, secondsInAll, hours, minutes, minute } = box.dataset;
  const left = secondsLeft - (Date.now() - begun) / 1000; // of this clock only how much has passed counts
  if (left <= 0) {
    window.location.reload(); // the server decides, also when this clock is wrong
    return true;
  }
  const count = left > HOUR ? Math.ceil(left / HOUR) : Math.ceil(left / MINUTE);
  const label = left > HOUR ? hours : count === 1 ? minute : minutes;
  box.querySelector(".ring-value").setAttribute("stroke-dasharray", `${100 * (1 - left / secondsInAll)} 100`);
  box.querySelector(".ring-text strong").textContent = count;
  box.querySelector(".ring-text span").textContent = label;
  return false;
};

document.querySelectorAll("[data-lifting]").forEach((box) => {
  const begun = Date.now();
  const timer = setInterval(() => {
    if (tick(box, begun)) clearInterval(timer);
  }, 10_000);
});
