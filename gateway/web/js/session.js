import { APIError } from "./api.js";

/** Who is logged in on this page: kept for the tab alone, and gone with it. */
let token = sessionStorage.getItem("usher.token") ?? "";

/** @param {string} value empty = nobody */
function keep(value) {
  token = value;
  if (value) sessionStorage.setItem("usher.token", value);
  else sessionStorage.removeItem("usher.token");
}

export function isLoggedIn() {
  return token !== "";
}

/**
 * Whether whoever is logged in runs an event: its organiser, or an admin. A hint of what to show; the
 * server decides.
 * @param {import("./api.js").Event} event
 */
export function mayRun(event) {
  const claims = token.split(".")[1];
  if (!claims) return false;
  try {
    const { sub, roles } = JSON.parse(atob(claims.replaceAll("-", "+").replaceAll("_", "/")));
    return sub === event.organiserId || (Array.isArray(roles) && roles.includes("admin"));
  } catch {
    return false;
  }
}

/**
 * Logs in.
 * @param {string} email
 * @param {string} password
 */
export async function logIn(email, password) {
  const answer = await send("POST", "/api/auth/login", { email, password });
  keep(answer?.session?.accessToken ?? "");
}

/**
 * A call in the name of whoever is logged in.
 * @param {"GET"|"POST"|"DELETE"} method
 * @param {string} path
 * @param {object} [body]
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>} nothing where there is no content
 */
export async function send(method, path, body, signal) {
  /** @type {Record<string, string>} */
  const headers = { accept: "application/json" };
  if (body) headers["content-type"] = "application/json";
  if (token) headers.authorization = `Bearer ${token}`;
  const timeout = AbortSignal.timeout(30_000);
  let response;
  try {
    response = await fetch(path, {
      method, headers, body: body && JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new APIError(0, "The server does not answer.", 0);
  }
  if (response.status === 204) return undefined;
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  // The token's time is over: who it is has to be said again.
  if (response.status === 401) keep("");
  const text = answer.detail || `The server answered ${response.status}.`;
  const error = new APIError(
    response.status, text, Number(response.headers.get("retry-after")) || 0);
  error.code = answer.code ?? "";
  throw error;
}
