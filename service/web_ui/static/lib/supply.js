/** Needs and shortages of the table `supply`. */

/**
 * Read the need and the shortage of a row.
 *
 * In a month, the need includes the backlog of the month before. Over the whole plan the need is the demand, and the
 * shortages that are left are those that no month serves.
 * @param {Columns} columns the table, with `demand`, `served` and `shortage`
 * @param {number} row position of the row
 * @param {boolean} isWholePlan whether the row counts for the whole plan, not for its month
 * @returns {{demand: number, shortage: number}} units
 */
export function readNeed(columns, row, isWholePlan) {
  const demand = columns.demand[row];
  const served = columns.served[row];
  const shortage = columns.shortage[row];
  return isWholePlan
    ? { demand, shortage: demand - served }
    : { demand: served + shortage, shortage };
}
