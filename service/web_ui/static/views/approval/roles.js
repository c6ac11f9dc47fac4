/** What the caller's roles allow, as `/v1/me` tells them. */

/**
 * Whether the caller has one of some roles where a plan belongs.
 * @param {{authentication: string, grants: {province: string, role: string}[]}} me who asks
 * @param {{source: {province: string|null}}} plan the plan
 * @param {string[]} roles roles that would do
 * @returns {boolean} whether there is one; the service has the last word
 */
export function has(me, plan, roles) {
  if (me.authentication === "off") return true;
  const { province } = plan.source;
  return me.grants.some(
    (grant) =>
      roles.includes(grant.role) &&
      (grant.province === "*" || province === null || grant.province === province),
  );
}
