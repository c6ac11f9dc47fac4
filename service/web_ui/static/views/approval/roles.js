/** What the caller's roles allow. */

/**
 * Tell whether the caller has one of several roles in the province of a plan. The service checks this again.
 * @param {Principal} me the caller
 * @param {{source: {province: string|null}}} plan the plan
 * @param {string[]} roles sufficient roles
 * @returns {boolean} whether the caller has such a role
 */
export function hasRole(me, plan, roles) {
  if (me.authentication === "off") return true;
  const { province } = plan.source;
  return me.grants.some(
    (grant) =>
      roles.includes(grant.role) &&
      (grant.province === "*" || province === null || grant.province === province),
  );
}
