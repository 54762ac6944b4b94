/* Passkeys: the browser is asked for one, and its answer goes with the form. Pages offer another way without this file. */

(() => {
  const passkeys = window.webauthnJSON;
  if (!passkeys?.supported()) return;

  /* What the server wants to know: it stands on the page, or is fetched when somebody signs in. */
  const options = async (form) => {
    const onPage = document.getElementById("passkey-options");
    if (form.dataset.passkey !== "sign-in") return JSON.parse(onPage.textContent);
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    return (await answer.json()).request_options;
  };

  const ask = async (form) => {
    const ways = { create: passkeys.create, get: passkeys.get, "sign-in": passkeys.get };
    return ways[form.dataset.passkey](await options(form));
  };

  const send = async (event) => {
    event.preventDefault();
    const form = event.target;
    const error = form.querySelector("[data-passkey-error]");
    error.textContent = "";
    try {
      form.elements.credential.value = JSON.stringify(await ask(form));
    } catch {
      error.textContent = error.dataset.passkeyError;
      return;
    }
    form.submit();
  };

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    form.hidden = false;
    form.addEventListener("submit", send);
  });
  document.querySelectorAll("[data-no-passkeys]").forEach((note) => note.remove());
})();
