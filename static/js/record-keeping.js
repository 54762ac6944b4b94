/* What is typed in a record is sent to be kept, unchecked, two seconds after the last key and when the page is left. */

(() => {
  const form = document.querySelector("[data-record]");
  if (!form) return;
  const status = form.querySelector("[data-kept]");
  const PAUSE = 2_000;
  const AGAIN = 5_000;
  let timer = null;
  let isDirty = false;
  let isLost = false;
  let isLeaving = false;

  const say = (words, isWarning = false) => {
    if (status.textContent !== words) status.textContent = words;
    status.classList.toggle("is-lost", isWarning);
  };

  const wait = (milliseconds) => {
    clearTimeout(timer);
    timer = setTimeout(keep, milliseconds);
  };

  const lose = () => {
    [isDirty, isLost] = [true, true];
    say(status.dataset.wordsLost, true);
    wait(AGAIN);
  };

  /* True when the page may be left: kept, or answered by the server in some other way that a page can explain. */
  const keep = async () => {
    clearTimeout(timer);
    if (isLeaving) return true;
    isDirty = false;
    let answer;
    try {
      answer = await fetch(form.dataset.keep, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
        redirect: "error",
        signal: AbortSignal.timeout(10_000),
      });
    } catch {
      lose();
      return false;
    }
    if (answer.status >= 500) {
      lose();
      return false;
    }
    isLost = false;
    const told = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
    if (told.saved_at) say(`${status.dataset.wordsKept} ${told.saved_at}`);
    else say(told.refusal ?? "", Boolean(told.refusal));
    return true;
  };

  const typed = () => {
    isDirty = true;
    wait(isLost ? AGAIN : PAUSE);
  };
  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  window.addEventListener("online", () => isDirty && keep());

  /* Nobody is sent to a page that cannot be reached: what was typed is kept first. */
  form.addEventListener("submit", async (event) => {
    if (!isDirty && !isLost) {
      isLeaving = true;
      return;
    }
    const { submitter } = event;
    event.preventDefault();
    if (!(await keep())) {
      status.scrollIntoView({ block: "nearest" });
      return;
    }
    isLeaving = true;
    form.requestSubmit(submitter);
  });
  window.addEventListener("pageshow", () => (isLeaving = false));

  window.addEventListener("pagehide", () => {
    if (isDirty && !isLeaving) navigator.sendBeacon(form.dataset.keep, new FormData(form));
  });
})();
