/* The record's rows of sites and drugs: added and taken away in place. Without this file the same buttons ask the server. */

const COPIED = ["guidance", "needle_gauge", "needle_length_mm"];

const keptRows = (list) => [...list.querySelectorAll("[data-row]")].filter((row) => !row.querySelector("[name$='-DELETE']").checked);

/* Needle and guidance seldom change from one site to the next. A row that says nothing else is left out by the server. */
const copyFrom = (above, row) => {
  COPIED.forEach((name) => {
    const value = above?.querySelector(`[name$='-${name}']:not([type=hidden])`)?.value;
    if (value === undefined) return;
    row.querySelectorAll(`[name$='-${name}']`).forEach((field) => (field.value = value));
  });
};

const addRow = (part) => {
  const list = part.querySelector("[data-row-list]");
  const total = part.querySelector("[name$='-TOTAL_FORMS']");
  const index = Number(total.value);
  const above = keptRows(list).at(-1);
  const html = part.querySelector("template").innerHTML;
  list.insertAdjacentHTML("beforeend", html.replaceAll("__prefix__", index).replaceAll("__number__", index + 1));
  total.value = index + 1;
  copyFrom(above, list.lastElementChild);
  list.lastElementChild.querySelector("select").focus();
};

const showRoom = (part) => {
  const list = part.querySelector("[data-row-list]");
  part.querySelector("[data-add-row]").hidden = keptRows(list).length >= Number(part.dataset.most);
};

document.querySelectorAll("[data-rows]").forEach((part) => {
  part.querySelector("[data-add-row] button").addEventListener("click", (event) => {
    event.preventDefault();
    addRow(part);
    showRoom(part);
  });
  part.addEventListener("change", (event) => {
    if (!event.target.name.endsWith("-DELETE")) return;
    event.target.closest("[data-row]").querySelector("[data-row-fields]").hidden = event.target.checked;
    showRoom(part);
  });
});
