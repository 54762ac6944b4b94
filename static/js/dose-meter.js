/* The dose adds up while somebody types. Without this file it is reckoned whenever the record is saved. */

(() => {
  const PAUSE = 350;
  const box = document.querySelector("[data-dose-meter]");
  const form = box?.closest("form");
  if (!form) return;
  const part = (name) => box.querySelector(`[data-dose-${name}]`);
  const [shown, announced, offline] = ["shown", "announced", "offline"].map(part);
  const COUNTS = /^(drugs-|sites-\d+-(muscle|DELETE)$|weight_|height_cm|dosing_weight_kg|dose_)/;
  let timer;
  let asked = 0;

  const typed = () => {
    const data = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && (COUNTS.test(name) || name === "csrfmiddlewaretoken")) data.append(name, value);
    }
    return data;
  };

  const show = (html) => {
    const isOpen = shown.querySelector("details")?.open;
    shown.innerHTML = html;
    const fold = shown.querySelector("details");
    if (fold && isOpen) fold.open = true;
    const words = shown.querySelector("[data-dose-words]")?.textContent.replace(/\s+/g, " ").trim() ?? "";
    if (announced.textContent !== words) announced.textContent = words;
  };

  const renew = async () => {
    const mine = ++asked;
    box.classList.add("is-waiting");
    try {
      const answer = await fetch(box.dataset.url, { method: "POST", body: typed(), credentials: "same-origin" });
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      const html = await answer.text();
      if (mine !== asked) return;
      show(html);
      offline.hidden = true;
    } catch {
      if (mine !== asked) return;
      offline.textContent = box.dataset.offline;
      offline.hidden = false;
    }
    box.classList.remove("is-waiting");
  };

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(renew, PAUSE);
  };
  const renewSoon = (event) => COUNTS.test(event.target.name ?? "") && soon();

  for (const change of ["input", "change"]) form.addEventListener(change, renewSoon);
  form.addEventListener("click", (event) => event.target.closest("button[type=button], [data-rows] button") && soon());
  window.addEventListener("online", renew);
})();
