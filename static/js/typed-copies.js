/* What is typed in a record and has not reached the server waits on this device, sealed with a key that only the page of this
   person and this visit has: whoever else uses the desk can read nothing. It is gone once it is sent, or after a day. */

const typedCopies = (() => {
  const PREFIX = "clinic-typed:";
  const KEPT_FOR = 24 * 3_600_000;
  const form = document.querySelector("[data-record]");
  const { copyKey, copyName } = form?.dataset ?? {};
  const canSeal = Boolean(copyKey && window.crypto?.subtle); // browsers seal only where the line is safe
  const page = form?.elements.page.value;
  const nameOf = (each) => `${PREFIX}${copyName}:${each}`;
  let newest = 0;

  const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const toBase64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  const key = canSeal && crypto.subtle.importKey("raw", fromBase64(copyKey), "AES-GCM", false, ["encrypt", "decrypt"]);
  const boundTo = (name, nonce) => ({ name: "AES-GCM", iv: nonce, additionalData: new TextEncoder().encode(name) });

  const seal = async (name, words) => {
    const nonce = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt(boundTo(name, nonce), await key, new TextEncoder().encode(words));
    return `${toBase64(nonce)} ${toBase64(new Uint8Array(sealed))}`;
  };

  const open = async (name, [nonce, sealed]) => {
    const words = await crypto.subtle.decrypt(boundTo(name, fromBase64(nonce)), await key, fromBase64(sealed));
    return new TextDecoder().decode(words);
  };

  /* True if the words are kept here now, or what was typed after them is. */
  const keep = async (words) => {
    if (!canSeal) return false;
    const mine = ++newest;
    try {
      const sealed = await seal(nameOf(page), words);
      if (mine === newest) localStorage.setItem(nameOf(page), `${Date.now()} ${sealed}`);
      return true;
    } catch {
      return false; // no room, or none allowed
    }
  };

  const drop = (each = page) => {
    if (each === page) newest += 1;
    localStorage.removeItem(nameOf(each));
  };

  const dropExpired = () => {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
    const isExpired = (name) => !(Date.now() - Number.parseInt(localStorage.getItem(name), 10) < KEPT_FOR);
    names.filter(isExpired).forEach((name) => localStorage.removeItem(name));
  };

  /* What other windows of the same person left here for the same visit: page, words, and how many seconds old they are. */
  const others = async () => {
    if (!canSeal) return [];
    const found = [];
    for (const name of Object.keys(localStorage).filter((each) => each.startsWith(nameOf("")) && each !== nameOf(page))) {
      const [at, ...sealed] = localStorage.getItem(name).split(" ");
      try {
        const age = Math.max(0, Math.round((Date.now() - Number(at)) / 1_000));
        found.push({ page: name.slice(nameOf("").length), words: await open(name, sealed), age });
      } catch {
        localStorage.removeItem(name); // the clinic's secret is another one by now: nobody can read it
      }
    }
    return found;
  };

  if (form) dropExpired();
  return { keep, drop, others };
})();
