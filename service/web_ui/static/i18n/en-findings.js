/** English: findings of the service about an input. The service writes their sentences. */
export default {
  "findings.whole": "Whole input",
  "findings.row": "row {row}",
  "findings.errors-one": "{n} error",
  "findings.errors": "{n} errors",
  "findings.warnings-one": "{n} warning",
  "findings.warnings": "{n} warnings",
  "findings.is-warning": "Warning",
  "findings.severity": "What is listed",
  "findings.all": "All ({count})",
  "findings.error": "Errors ({count})",
  "findings.warning": "Warnings ({count})",
  "findings.search": "Search in findings",
  "findings.none": "No finding matches.",
  "findings.more": "Show more ({n} left)",
};
