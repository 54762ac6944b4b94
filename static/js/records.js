/* The record's rows: added, filled in and taken away in place. Without this file the same buttons ask the server. */

(() => {
  const form = document.querySelector("[data-record]");
  if (!form) return;
  const shelf = JSON.parse(document.getElementById("record-shelf").textContent);
  const COPIED = ["guidance", "needle_gauge", "needle_length_mm"];
  const SITE = ["muscle", "side", ...COPIED];

  const partOf = (name) => form.querySelector(`[data-rows="${name}"]`);
  const rowsOf = (name) => [...partOf(name).querySelectorAll("[data-row]")];
  const isKept = (row) => !row.querySelector("[name$='-DELETE']").checked;
  const fieldsOf = (row, name) => [...row.querySelectorAll(`[name$='-${name}']:not([type=hidden])`)];
  const changed = (field) => field.dispatchEvent(new Event("change", { bubbles: true }));

  const read = (row, name) => {
    const fields = fieldsOf(row, name);
    return (fields[0]?.type === "radio" ? fields.find((field) => field.checked)?.value : fields[0]?.value) ?? "";
  };

  const write = (row, name, value) => {
    fieldsOf(row, name).forEach((field) => {
      if (field.type === "radio") field.checked = field.value === value;
      else field.value = value;
    });
  };

  /* Needle and guidance seldom change from one site to the next. A row that says nothing else is left out by the server. */
  const copyFrom = (above, row) => {
    COPIED.forEach((name) => {
      const value = above ? read(above, name) : "";
      if (!value) return;
      write(row, name, value);
      row.querySelectorAll(`[type=hidden][name$='-${name}']`).forEach((field) => (field.value = value));
    });
  };

  const addRow = (name) => {
    const part = partOf(name);
    const list = part.querySelector("[data-row-list]");
    const total = part.querySelector("[name$='-TOTAL_FORMS']");
    const index = Number(total.value);
    const above = rowsOf(name).filter(isKept).at(-1);
    const html = part.querySelector("template").innerHTML;
    list.insertAdjacentHTML("beforeend", html.replaceAll("__prefix__", index).replaceAll("__number__", index + 1));
    total.value = index + 1;
    const row = list.lastElementChild;
    if (name === "sites") copyFrom(above, row);
    refresh();
    return row;
  };

  const addSites = (value) => {
    const added = value.split(",").map((site) => Object.fromEntries(site.split(":").map((text, at) => [SITE[at], text])));
    let last = null;
    added.forEach((site) => {
      const kept = rowsOf("sites").filter(isKept);
      const isThere = (row) => read(row, "muscle") === site.muscle && read(row, "side") === site.side;
      if (added.length > 1 && kept.some(isThere)) return;
      last = kept.find((row) => !read(row, "muscle") && !read(row, "side")) ?? addRow("sites");
      Object.entries(site).forEach(([name, text]) => write(last, name, text));
    });
    refresh();
    if (last) changed(last.querySelector("select"));
    last?.scrollIntoView({ block: "center" });
    last?.querySelector(`[name$='-${last.querySelector("[name$='-needle_gauge']").value ? "depth_mm" : "needle_gauge"}']`).focus();
  };

  const fill = (pairs) => {
    let field = null;
    new URLSearchParams(pairs).forEach((value, name) => {
      field = form.elements[name];
      field.value = value;
      passOnNeedle(field);
    });
    if (!field) return;
    refresh();
    changed(field);
    field.focus();
  };

  /* What follows from what stands in the rows. */

  const sayWhere = (row) => {
    const muscle = shelf.muscles[read(row, "muscle")];
    const side = row.querySelector("[name$='-side']:checked")?.closest("label").textContent.trim();
    const words = muscle && side ? `${side} · ${muscle.name}` : "";
    row.querySelectorAll("[data-site-words]").forEach((place) => (place.textContent = words));
  };

  const askReason = (row) => {
    const muscle = shelf.muscles[read(row, "muscle")];
    const isAsked = muscle?.near_lung && read(row, "guidance") === "landmark";
    const reason = row.querySelector("[data-reason]");
    reason.hidden = !isAsked && !read(row, "no_ultrasound_reason") && !reason.querySelector(".is-invalid");
  };

  /* How deep the muscle lies: while the needle is being chosen, and when the depth is not a usual one. */
  const sayDepth = (row, usual) => {
    const said = row.querySelector("[data-depth-words]");
    const depth = Number(read(row, "depth_mm"));
    const isUsual = !depth || (usual && depth >= usual.from_mm && depth <= usual.to_mm && depth < usual.below_mm);
    said.textContent = usual?.words ?? "";
    said.hidden = !usual || (read(row, "needle_gauge") !== "" && isUsual);
  };

  /* What is known of the chosen muscle: its sides, its depth; one that is not in the list is named. */
  const sayMuscle = (row) => {
    const muscle = shelf.muscles[read(row, "muscle")];
    sayDepth(row, muscle?.depth);
    const which = row.querySelector("[data-which]");
    which.hidden = !muscle?.is_free_entry && !read(row, "which_muscle") && !which.querySelector(".is-invalid");
    const middle = row.querySelector("[name$='-side'][value='middle']");
    row.querySelector(".cell-side").classList.toggle("without-middle", !!muscle && !muscle.has_middle && !middle.checked);
  };

  /* The needle of one site is offered to the sites below that have none yet. */
  const passOnNeedle = (field) => {
    const name = ["needle_gauge", "needle_length_mm"].find((each) => field.name.endsWith(`-${each}`));
    const kept = rowsOf("sites").filter(isKept);
    const from = kept.indexOf(field.closest("[data-row]"));
    if (!name || from < 0) return;
    kept.slice(from + 1).forEach((row) => read(row, name) || write(row, name, field.value));
  };

  /* The patient agreed to that muscle on that side, to no other. */
  const askAgain = (row) => {
    const box = row.querySelector("[name$='-is_confirmed']");
    const [muscle, side] = [read(row, "muscle"), read(row, "side")];
    const key = muscle && side ? `${muscle}:${side}` : "on";
    if (box.value !== key && box.value !== "on") box.checked = false;
    box.value = key;
  };

  const sayMg = (row) => {
    const strength = shelf.strengths[read(row, "preparation")];
    const volume = Number(read(row, "volume_ml").trim().replace(",", "."));
    const mg = Math.round(strength * volume * 1000) / 1000;
    row.querySelector("[data-mg]").value = mg > 0 ? `= ${mg} mg` : "";
  };

  const chip = (row, lot) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "submit", className: "chip", name: "fill", formNoValidate: true });
    const name = (field) => row.querySelector(`[name$='-${field}']`).name;
    button.value = new URLSearchParams({ [name("pack")]: lot.pack ?? "", [name("lot")]: lot.lot, [name("expires_on")]: lot.expires_on }).toString();
    button.textContent = partOf("drugs").dataset.words.replace("%lot", lot.lot).replace("%day", lot.expires_on);
    return button;
  };

  const offerLots = (row) => {
    const own = { preparation: read(row, "preparation"), lot: read(row, "lot"), expires_on: read(row, "expires_on") };
    const others = rowsOf("drugs").filter((other) => other !== row && isKept(other));
    const same = others.filter((other) => read(other, "preparation") === own.preparation);
    const packOf = (other) => other.querySelector("[name$='-pack']").value;
    const lotOf = (other) => ({ lot: read(other, "lot"), expires_on: read(other, "expires_on"), pack: packOf(other) });
    const typed = same.map(lotOf);
    const lots = [...typed.filter((lot) => lot.lot && lot.expires_on), ...(shelf.lots[own.preparation] ?? [])];
    const key = (lot) => `${lot.lot} ${lot.expires_on}`;
    const offered = new Map(lots.filter((lot) => key(lot) !== key(own)).map((lot) => [key(lot), lot]));
    const place = row.querySelector("[data-lots]");
    const isOffered = [...place.children].map((button) => button.textContent).join();
    const chips = own.preparation ? [...offered.values()].map((lot) => chip(row, lot)) : [];
    if (isOffered !== chips.map((button) => button.textContent).join()) place.replaceChildren(...chips);
  };

  const offerSites = (row) => {
    const field = row.querySelector("[name$='-site']");
    const kept = rowsOf("sites").map((site, index) => ({ site, index })).filter(({ site }) => isKept(site));
    const all = field.options[0];
    const options = kept.map(({ site, index }) => {
      const words = [site.querySelector("[data-row-word]").textContent.trim(), index + 1];
      const where = site.querySelector("[data-site-words]").textContent;
      return new Option(where ? `${words.join(" ")}: ${where}` : words.join(" "), index, false, field.value === String(index));
    });
    const now = [...field.options].slice(1).map((option) => option.text).join();
    if (now !== options.map((option) => option.text).join()) field.replaceChildren(all, ...options);
  };

  const showRoom = (part) => {
    const kept = rowsOf(part.dataset.rows).filter(isKept).length;
    part.querySelector("[data-add-row]").hidden = kept >= Number(part.dataset.most);
  };

  const refresh = () => {
    rowsOf("sites").forEach((row) => [sayWhere, sayMuscle, askReason, askAgain].forEach((act) => act(row)));
    rowsOf("drugs").forEach((row) => [sayMg, offerLots, offerSites].forEach((act) => act(row)));
    form.querySelectorAll("[data-rows]").forEach(showRoom);
    form.dispatchEvent(new Event("record-rows"));
  };

  const ADDERS = { add_site: "sites", add_drug: "drugs", add_complication: "complications" };

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name]");
    if (!button || !(button.name in ADDERS || ["fill", "add_sites"].includes(button.name))) return;
    event.preventDefault();
    if (button.name === "fill") return fill(button.value);
    if (button.name === "add_sites") return addSites(button.value);
    const row = addRow(ADDERS[button.name]);
    row.querySelector("select").focus();
    changed(row.querySelector("select"));
  });

  form.addEventListener("change", (event) => {
    if (event.target.name?.endsWith("-DELETE")) {
      event.target.closest("[data-row]").querySelector("[data-row-fields]").hidden = event.target.checked;
    }
    passOnNeedle(event.target);
    refresh();
  });
  form.addEventListener("input", (event) => {
    const row = event.target.closest("[data-rows=drugs] [data-row]");
    if (row) sayMg(row);
  });

  refresh();
})();
