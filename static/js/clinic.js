/* Small comforts. Every page works without this file. */

const focusErrorSummary = () => {
  document.querySelector("[data-error-summary]")?.focus();
};

/* Honest words when an answer takes longer than a moment. */
const waiting = (() => {
  const PAUSE = 500;
  let timer;
  return {
    begin: (kind) => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const note = document.querySelector("[data-waiting]");
        if (note) note.textContent = note.dataset[kind];
      }, PAUSE);
    },
    end: () => {
      clearTimeout(timer);
      document.querySelector("[data-waiting]")?.replaceChildren();
    },
  };
})();

/* A second press of a button sends nothing. The button is switched off after its value has gone out with the form. */
const sendOnce = () => {
  const reopen = () => {
    waiting.end();
    document.querySelectorAll("form[data-sending]").forEach((form) => delete form.dataset.sending);
    document.querySelectorAll(".is-sending").forEach((button) => {
      button.classList.remove("is-sending");
      button.removeAttribute("aria-disabled");
    });
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    form.dataset.sending = "true";
    event.submitter?.classList.add("is-sending");
    event.submitter?.setAttribute("aria-disabled", "true");
    waiting.begin("sending");
    setTimeout(reopen, 8_000); // an answer that is a file leaves the page standing
  });
  window.addEventListener("pageshow", (event) => event.persisted && reopen());
};

/* What is fetched because somebody pressed something; not what a page fetches by itself. */
const sayLoading = () => {
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, requestConfig } = event.detail;
    if (!elt.matches("[hx-trigger*=every]")) waiting.begin(requestConfig?.verb === "post" ? "sending" : "loading");
  });
  document.addEventListener("htmx:afterRequest", waiting.end);
};

/* Counts down to the time in data-countdown-until. The words come from the page's language. */
const countDown = () => {
  const inWords = (milliseconds) => {
    const minutes = Math.max(0, Math.ceil(milliseconds / 60_000));
    const unit = (value, name) =>
      new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: name, unitDisplay: "long" }).format(value);
    if (minutes < 60) return unit(minutes, "minute");
    const hours = Math.floor(minutes / 60);
    return minutes % 60 && hours < 10 ? `${unit(hours, "hour")} ${unit(minutes % 60, "minute")}` : unit(hours, "hour");
  };
  const update = () => {
    document.querySelectorAll("[data-countdown-until]").forEach((element) => {
      const left = new Date(element.dataset.countdownUntil) - Date.now();
      const words = (element.dataset.countdownWords ?? "TIME").replace("TIME", inWords(left));
      // Screen readers hear the last minutes only.
      if (left < 3 * 60_000) element.setAttribute("aria-live", "polite");
      if (element.textContent !== words) element.textContent = words;
    });
  };
  if (!document.querySelector("[data-countdown-until]")) return;
  update();
  setInterval(update, 5_000);
};

const sendChosen = () => {
  document.addEventListener("change", (event) => {
    const field = event.target.closest("[data-autosubmit]");
    if (field) field.form.requestSubmit();
  });
};

const searchBySlash = () => {
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
    const search = [...document.querySelectorAll("[data-search]")].at(-1); // the page's own, else the header's
    if (event.key !== "/" || isTyping || !search || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    search.focus();
  });
};

/* What an installed app needs nobody reads: it is fetched when the page has been drawn. */
const nameManifest = () => {
  const href = document.querySelector("meta[name=manifest]")?.content;
  if (!href) return;
  new PerformanceObserver((_, observer) => {
    observer.disconnect();
    document.head.append(Object.assign(document.createElement("link"), { rel: "manifest", href }));
  }).observe({ type: "paint", buffered: true });
};

focusErrorSummary();
nameManifest();
sendOnce();
sayLoading();
countDown();
sendChosen();
searchBySlash();
