// Pasting a block of cells into the grid. Everything else works without this file.
"use strict";
for (const table of document.querySelectorAll("table[data-grid]")) {
  const said = table.parentElement.querySelector("[data-pasted]");
  const rows = () => Array.from(table.tBodies[0].rows);
  const cells = (row) => Array.from(row.cells).slice(1);

  function put(cell, text) {
    const inputs = cell ? Array.from(cell.querySelectorAll("input, select, textarea")) : [];
    const parts = inputs.length > 1 ? text.split("/") : [text];
    if (!inputs.length || parts.length !== inputs.length) return false;
    inputs.forEach((input, n) => {
      const typed = parts[n].trim();
      const words = { yes: "1", no: "0" };
      input.value = input.tagName === "SELECT" ? words[typed.toLowerCase()] ?? typed : typed;
    });
    return true;
  }

  table.addEventListener("paste", (event) => {
    const block = event.clipboardData.getData("text/plain").replace(/\r/g, "").replace(/\n+$/, "");
    const start = event.target.closest("td");
    if (!start || !/[\t\n]/.test(block)) return;
    event.preventDefault();
    const top = rows().indexOf(start.parentElement);
    const left = cells(start.parentElement).indexOf(start);
    let done = 0, lost = 0;
    block.split("\n").forEach((line, down) => {
      const row = rows()[top + down];
      line.split("\t").forEach((text, across) => {
        if (!text.trim()) return;
        if (put(row && cells(row)[left + across], text)) done += 1; else lost += 1;
      });
    });
    said.textContent = `${done} pasted` + (lost ? `; ${lost} found no place in the grid` : "") +
      ". Nothing is saved yet.";
  });
}
