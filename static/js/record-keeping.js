/* What is typed in a record is sent to be kept, unchecked, two seconds after it was typed at the latest. What is not sent yet
   is kept on this device a second after it was typed (typed-copies.js): a loss of five seconds is the most there can be. */

(() => {
  const form = document.querySelector("[data-record]");
  if (!form) return;
  const status = form.querySelector("[data-kept]");
  const COPY_AFTER = 1_000;
  const SEND_AFTER = 2_000;
  const AGAIN = 5_000;
  let [sendTimer, copyTimer, sending] = [null, null, null];
  let [typed, sent, turn] = [0, 0, 0]; // how many changes there were, how many of them the server has, how many letters we sent
  let isLost = false;
  let isLeaving = false;

  const say = (words, isWarning = false) => {
    if (status.textContent !== words) status.textContent = words;
    status.classList.toggle("is-lost", isWarning);
  };

  const sayLost = (isCopied) => say(isCopied ? status.dataset.wordsCopied : status.dataset.wordsLost, true);

  const contents = () => {
    const data = new FormData(form);
    data.set("turn", turn);
    return data;
  };

  const copy = async () => {
    copyTimer = null;
    const isCopied = await typedCopies.keep(new URLSearchParams(contents()).toString());
    if (isLost) sayLost(isCopied);
  };

  const sendIn = (milliseconds) => {
    sendTimer ??= setTimeout(keep, milliseconds);
  };

  const lose = () => {
    isLost = true;
    copy();
    return false;
  };

  /* True when the page may be left: kept, or answered by the server in some other way that a page can explain. */
  const send = async () => {
    const upTo = typed;
    turn += 1;
    let answer;
    try {
      answer = await fetch(form.dataset.keep, {
        method: "POST",
        body: contents(),
        headers: { Accept: "application/json" },
        redirect: "error",
        signal: AbortSignal.timeout(10_000),
      });
    } catch {
      return lose();
    }
    if (answer.status >= 500) return lose();
    [isLost, sent] = [false, upTo];
    const told = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
    if (told.saved_at) say(`${status.dataset.wordsKept} ${told.saved_at}`);
    else say(told.refusal ?? "", Boolean(told.refusal));
    if (answer.ok && sent === typed) dropCopy();
    return true;
  };

  /* One at a time, so that no earlier words come after later ones. */
  const keep = () => {
    clearTimeout(sendTimer);
    sendTimer = null;
    if (isLeaving) return Promise.resolve(true);
    sending ??= send().finally(goOn);
    return sending;
  };

  const goOn = () => {
    sending = null;
    if (isDirty() && !isLeaving) sendIn(isLost ? AGAIN : SEND_AFTER);
  };

  const isDirty = () => typed !== sent;

  const dropCopy = () => {
    clearTimeout(copyTimer);
    copyTimer = null;
    typedCopies.drop();
  };

  const changed = () => {
    typed += 1;
    copyTimer ??= setTimeout(copy, COPY_AFTER);
    if (!sending) sendIn(isLost ? AGAIN : SEND_AFTER);
  };
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  window.addEventListener("online", () => isDirty() && keep());

  /* Nobody is sent to a page that cannot be reached: what was typed is kept first. */
  form.addEventListener("submit", async (event) => {
    if (!isDirty()) {
      isLeaving = true;
      dropCopy();
      return;
    }
    const { submitter } = event;
    event.preventDefault();
    while (isDirty()) {
      if (await keep()) continue;
      status.scrollIntoView({ block: "nearest" });
      return;
    }
    isLeaving = true;
    dropCopy(); // the server has it, or is told by the form itself
    form.requestSubmit(submitter);
  });
  window.addEventListener("pageshow", () => (isLeaving = false));

  /* Also when a telephone shows something else, for then it may end the page without a word. */
  window.addEventListener("pagehide", () => {
    if (!isDirty() || isLeaving) return;
    turn += 1;
    navigator.sendBeacon(form.dataset.keep, contents());
  });
  document.addEventListener("visibilitychange", () => document.hidden && isDirty() && keep());

  /* What waited on this device, because the page or the device had ended without a connection. */
  const sendCopies = async () => {
    let isNew = false;
    for (const { page, words, age } of await typedCopies.others()) {
      const data = new URLSearchParams(words);
      data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      data.set("age", age);
      const answer = await fetch(form.dataset.keep, { method: "POST", body: data, headers: { Accept: "application/json" } });
      if (!answer.ok) continue;
      typedCopies.drop(page);
      isNew ||= Boolean((await answer.json()).saved_at);
    }
    if (isNew && !typed) location.reload();
    else if (isNew) say(status.dataset.wordsFound);
  };
  if ("fresh" in form.dataset) sendCopies().catch(() => {});
})();
