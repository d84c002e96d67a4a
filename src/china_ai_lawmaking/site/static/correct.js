// Writes the row that a reader comes from into the text to send.
"use strict";
(function () {
  const row = new URLSearchParams(location.search).get("id");
  const report = document.getElementById("report");
  if (row) report.value = report.value.replace(/^Row:.*$/m, () => "Row: " + row);
})();
