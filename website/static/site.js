/* Sorts and filters the table of councils. Without it the table is there, the newest first. */
"use strict";
(function () {
  const form = document.querySelector("form[data-filter]");
  const table = form && document.getElementById(form.dataset.filter);
  if (!table) return;
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const region = form.querySelector("select");
  const words = form.querySelector("input");
  const count = form.querySelector("[role=status]");
  const GRADES = ["Outstanding", "Good", "Requires improvement to be good", "Requires improvement", "Inadequate"];

  function show() {
    const wanted = words.value.trim().toLowerCase();
    let shown = 0;
    for (const row of rows) {
      const fits = (!region.value || row.dataset.region === region.value)
        && row.cells[0].textContent.toLowerCase().includes(wanted);
      row.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    count.textContent = "Showing " + shown + " of " + rows.length + " councils";
  }

  function key(row, column) {
    const cell = row.cells[column];
    if (cell.dataset.sort !== undefined) return cell.dataset.sort;
    const text = cell.textContent.trim();
    const grade = GRADES.indexOf(text);
    return grade < 0 ? text : String(grade);
  }

  function sort(head, column) {
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    rows.sort((a, b) => (up ? 1 : -1) * key(a, column).localeCompare(key(b, column), "en-GB"));
    body.append(...rows);
  }

  Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sort(head, column));
    head.replaceChildren(button);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  region.addEventListener("change", show);
  words.addEventListener("input", show);
  form.hidden = false;
  show();
})();
