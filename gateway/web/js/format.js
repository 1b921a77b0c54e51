/** The reader's kind of English, as the pages are in English. */
const locale = navigator.languages.find((language) => language.startsWith("en")) ?? "en-GB";

/**
 * @param {string|number} minor minor units of the currency
 * @param {string} currency ISO 4217
 */
export function money(minor, currency) {
  const format = new Intl.NumberFormat(locale, { style: "currency", currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(Number(minor) / 10 ** digits);
}

/**
 * A moment as the clocks at the venue show it.
 * @param {string} time RFC 3339
 * @param {string} timeZone IANA name
 */
export function venueTime(time, timeZone) {
  /** @type {Intl.DateTimeFormatOptions} */
  const options = {
    weekday: "short", day: "numeric", month: "long", year: "numeric",
    hour: "2-digit", minute: "2-digit", timeZoneName: "short",
  };
  const date = new Date(time);
  try {
    return new Intl.DateTimeFormat(locale, { ...options, timeZone }).format(date);
  } catch {
    // A zone that this browser does not know.
    return new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" }).format(date);
  }
}

/** @param {number} value */
export function count(value) {
  return new Intl.NumberFormat(locale).format(value);
}

/** @param {string} state EventState by name */
export function eventState(state) {
  switch (state) {
    case "EVENT_STATE_ON_SALE": return "On sale";
    case "EVENT_STATE_PAUSED": return "Sale paused";
    case "EVENT_STATE_CANCELLED": return "Cancelled";
    case "EVENT_STATE_DRAFT": return "Draft";
    default: return "";
  }
}
