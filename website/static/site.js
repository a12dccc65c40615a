/* Sorts and filters a table: of councils, or of documents by month. Without it every row is there. */
"use strict";
(function () {
  const form = document.querySelector("form[data-filter]");
  const table = form && document.getElementById(form.dataset.filter);
  if (!table) return;
  const bodies = Array.from(table.tBodies);
  const rows = Array.from(table.querySelectorAll("tbody tr:not(.group)"));
  const choices = Array.from(form.querySelectorAll("select"));
  const words = form.querySelector("input");
  const count = form.querySelector("[role=status]");
  const GRADES = ["Outstanding", "Good", "Requires improvement to be good", "Requires improvement", "Inadequate"];

  function show() {
    const wanted = words.value.trim().toLowerCase();
    let shown = 0;
    for (const row of rows) {
      const searched = form.dataset.words === "row" ? row : row.cells[0];
      const fits = choices.every((choice) => !choice.value || row.dataset[choice.id] === choice.value)
        && searched.textContent.toLowerCase().includes(wanted);
      row.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    for (const body of bodies) body.hidden = !body.querySelector("tr:not(.group):not([hidden])");
    count.textContent = "Showing " + shown + " of " + rows.length + " " + form.dataset.noun;
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
    bodies[0].append(...rows);
  }

  const heads = table.classList.contains("sortable") ? Array.from(table.tHead.rows[0].cells) : [];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sort(head, column));
    head.replaceChildren(button);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  choices.forEach((choice) => choice.addEventListener("change", show));
  words.addEventListener("input", show);
  form.hidden = false;
  show();
})();
