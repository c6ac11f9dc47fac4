/** English: tables of many rows. */
export default {
  "grid.sort": "Sort",
  "grid.sort-or-filter": "Sort. Alt and Down open the filter",
  "grid.filter": "Filter by {name}",
  "grid.filter-all": "All",
  "grid.copy": "Copy the rows shown",
  "grid.save": "CSV with names",
  "grid.copied": "{n} rows copied with headings",
  "grid.copied-one": "{n} row copied with headings",
  "grid.not-copied": "The browser does not permit copying",
};
