/**
 * @typedef {{name: string, priceMinor: string}} PriceType
 * @typedef {{name: string, color: string, priceMinor: string, priceTypes: PriceType[]}} PriceCategory
 * @typedef {{areaId: string, name: string, category: string, capacity: number,
 *   firstPlace: number}} Area
 * @typedef {{eventId: string, organiserId: string, title: string, description: string, venue: string,
 *   startsAt: string, timeZone: string, state: string, currency: string, planId: string,
 *   planVersion: number, categories: PriceCategory[], areas: Area[],
 *   placeCount: number, maxPlacesPerHold: number}} Event
 * @typedef {{version: {generation: string, number: string}, states: string}} SeatState
 */

/** What the API refused, as problem+json tells it. */
export class APIError extends Error {
  /**
   * @param {number} status 0 = no answer at all
   * @param {string} message
   * @param {number} retryAfter seconds; 0 = not said
   */
  constructor(status, message, retryAfter) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
    /** Stable; empty where the server said none. */
    this.code = "";
  }
}

/**
 * @param {string} path
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
async function get(path, signal) {
  const timeout = AbortSignal.timeout(30_000);
  const both = signal ? AbortSignal.any([signal, timeout]) : timeout;
  let response;
  try {
    response = await fetch(path, { headers: { accept: "application/json" }, signal: both });
    if (response.ok) return await response.json();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new APIError(0, "The server does not answer.", 0);
  }
  const problem = await response.json().catch(() => ({}));
  const text = problem.detail || `The server answered ${response.status}.`;
  throw new APIError(response.status, text, Number(response.headers.get("retry-after")) || 0);
}

/**
 * One page of the published events.
 * @param {string} pageToken
 * @returns {Promise<{events: Event[], nextPageToken: string}>}
 */
export function listEvents(pageToken) {
  return get(`/api/events?pageSize=50&pageToken=${encodeURIComponent(pageToken)}`);
}

/**
 * @param {string} id
 * @returns {Promise<Event>}
 */
export async function getEvent(id) {
  return (await get(`/api/events/${encodeURIComponent(id)}`)).event;
}

/**
 * @param {string} id
 * @returns {Promise<import("./plan.js").PlanFile>}
 */
export function getPlan(id) {
  return get(`/api/events/${encodeURIComponent(id)}/plan`);
}

/**
 * @param {string} id
 * @param {AbortSignal} signal
 * @returns {Promise<SeatState>}
 */
export function getSeatState(id, signal) {
  return get(`/api/events/${encodeURIComponent(id)}/seats`, signal);
}
