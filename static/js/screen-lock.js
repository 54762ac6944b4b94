/* A page that nobody has touched for a while keeps what is typed on it, and locks itself. Without this file the server locks. */

(() => {
  const { minutes, token, awake, keep, lock } = document.currentScript.dataset;
  const LIMIT = Math.max(Number(minutes) - 1, 0.5) * 60_000; // a minute before the server would
  const LOOK_AGAIN = 5_000;
  const TELL_AGAIN = 30_000;
  const SEEN = "clinic-seen"; // shared by all pages of this browser: a touch on one is a touch on all
  let told = Date.now();

  const touch = () => {
    localStorage.setItem(SEEN, Date.now());
    if (Date.now() - told < TELL_AGAIN) return;
    told = Date.now();
    send(awake, new FormData()).catch(() => {});
  };

  const send = (address, data) => {
    data.set("csrfmiddlewaretoken", token);
    return fetch(address, { method: "POST", body: data });
  };

  const isTyped = (field) => {
    if (["hidden", "password", "file", "submit", "button"].includes(field.type)) return false;
    if (["checkbox", "radio"].includes(field.type)) return field.checked !== field.defaultChecked;
    if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected);
    return field.value !== field.defaultValue;
  };

  const dataOf = (form) => {
    const data = new FormData(form);
    [...data].filter(([, value]) => typeof value !== "string").forEach(([name]) => data.delete(name));
    data.set("_action", form.action);
    return data;
  };

  const keepTyped = async () => {
    const forms = [...document.querySelectorAll("form[method=post]")];
    for (const form of forms.filter((each) => [...each.elements].some(isTyped))) await send(keep, dataOf(form));
  };

  const leave = () => {
    const form = document.createElement("form");
    [form.method, form.action] = ["post", lock];
    const values = { csrfmiddlewaretoken: token, next: location.pathname + location.search };
    for (const [name, value] of Object.entries(values)) {
      const field = document.createElement("input");
      [field.type, field.name, field.value] = ["hidden", name, value];
      form.append(field);
    }
    document.body.append(form);
    form.submit();
  };

  const look = async () => {
    if (Date.now() - Number(localStorage.getItem(SEEN)) < LIMIT) return;
    document.querySelectorAll("main, #container").forEach((part) => (part.hidden = true));
    try {
      await keepTyped();
    } catch {
      return; // the line is down: nothing is seen, and it is tried again
    }
    clearInterval(timer);
    leave();
  };

  localStorage.setItem(SEEN, Date.now());
  ["pointerdown", "keydown", "wheel", "touchmove"].forEach((name) => addEventListener(name, touch, { passive: true }));
  const timer = setInterval(look, LOOK_AGAIN);
})();
