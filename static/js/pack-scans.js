/* A scanner types what it reads into the field of a lot: product, lot and date are filled in, by what the server makes of it. A
   telephone's camera does the same where its browser reads square codes. Without this file the record's buttons do it. */

(() => {
  const form = document.querySelector("[data-record][data-scan]");
  if (!form) return;
  const SEPARATOR = "\x1d"; // what ends a part of the code; scanners send it as Ctrl+]
  const PAUSE = 300;
  const SCANNED = /^(\][a-z0-9]{2}|\(01\)|\x1d?[0-9ąčęėįšųū]{16}.|\[\)>|.*\x1d)/i;
  const timers = new WeakMap();
  let isFilling = false;

  const rowOf = (element) => element.closest?.("[data-rows=drugs] [data-row]");
  const fieldOf = (row, name) => row.querySelector(`[name$='-${name}']`);
  const isLot = (field) => field.name?.endsWith("-lot") && rowOf(field);
  const isScanned = (text) => SCANNED.test(text.trim());

  const say = (row, words, isWrong = false) => {
    const place = row.querySelector("[data-scanned]");
    place.textContent = words;
    place.classList.toggle("is-wrong", isWrong);
  };

  const ask = async (row, code) => {
    const body = new URLSearchParams({ code, preparation: fieldOf(row, "preparation").value });
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    const headers = { Accept: "application/json" };
    const answer = await fetch(form.dataset.scan, { method: "POST", body, headers, signal: AbortSignal.timeout(8_000) });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.refusal);
    return told;
  };

  const fill = (row, fields) => {
    isFilling = true;
    Object.entries(fields).forEach(([name, value]) => (fieldOf(row, name).value = value));
    ["preparation", "lot", "expires_on"].forEach((name) => fieldOf(row, name).dispatchEvent(new Event("change", { bubbles: true })));
    isFilling = false;
  };

  const goOn = (row) => {
    const empty = ["preparation", "lot", "expires_on", "volume_ml"].find((name) => !fieldOf(row, name).value);
    fieldOf(row, empty ?? "volume_ml").focus();
  };

  const read = async (row) => {
    const lot = fieldOf(row, "lot");
    const code = lot.value;
    try {
      const { fields, words, is_wrong } = await ask(row, code);
      if (lot.value !== code) return;
      fill(row, fields);
      say(row, words, is_wrong);
      goOn(row);
    } catch (error) {
      const isTold = error instanceof Error && error.name === "Error" && error.message;
      say(row, isTold ? error.message : form.dataset.scanLost, true);
      lot.select();
    }
  };

  const readSoon = (field) => {
    clearTimeout(timers.get(field));
    if (isScanned(field.value)) timers.set(field, setTimeout(() => read(rowOf(field)), PAUSE));
  };

  /* The pack was scanned with one lot and for one product: what is changed by hand since is said, or is no scan any more. */
  const look = async (row, field) => {
    const pack = fieldOf(row, "pack");
    if (isScanned(fieldOf(row, "lot").value)) return;
    if (!pack.value) return say(row, "");
    const [gtin, lot] = pack.value.split(":");
    if (lot && fieldOf(row, "lot").value.trim().toUpperCase() !== lot) {
      pack.value = "";
      say(row, "");
    } else if (field.name.endsWith("-preparation") && field.value) {
      const told = await ask(row, `(01)${gtin}`).catch(() => null);
      if (told) say(row, told.product, told.is_other);
    }
  };

  form.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!isLot(field)) return;
    if (event.ctrlKey && (event.key === "]" || event.code === "BracketRight")) {
      event.preventDefault();
      field.setRangeText(SEPARATOR, field.selectionStart, field.selectionEnd, "end");
    } else if (event.key === "Enter" && isScanned(field.value)) {
      event.preventDefault();
      clearTimeout(timers.get(field));
      read(rowOf(field));
    }
  });
  form.addEventListener("input", (event) => isLot(event.target) && readSoon(event.target));
  form.addEventListener("change", ({ target }) => !isFilling && rowOf(target) && look(rowOf(target), target));

  /* The camera */

  const dialog = document.querySelector("[data-scan-dialog]");
  const video = dialog?.querySelector("video");
  let detector = null;

  const stop = () => {
    video.srcObject?.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };

  const watch = async (row) => {
    if (!video.srcObject) return;
    const codes = await detector.detect(video).catch(() => []);
    const code = codes.map((each) => each.rawValue).find(isScanned);
    if (!code) return setTimeout(() => watch(row), 200);
    dialog.close();
    fieldOf(row, "lot").value = code;
    read(row);
  };

  const film = async (row) => {
    dialog.showModal();
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      await video.play();
      watch(row);
    } catch {
      dialog.close();
      say(row, form.dataset.scanDark, true);
    }
  };

  const offerCamera = async () => {
    if (!dialog || !window.BarcodeDetector || !navigator.mediaDevices) return;
    if (!(await BarcodeDetector.getSupportedFormats()).includes("data_matrix")) return;
    detector = new BarcodeDetector({ formats: ["data_matrix"] });
    form.classList.add("has-camera");
    dialog.addEventListener("close", stop);
    form.addEventListener("click", (event) => {
      const button = event.target.closest("[data-film]");
      if (button) film(rowOf(button));
    });
  };
  offerCamera();
})();
