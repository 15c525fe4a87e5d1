/** Whether a request may succeed later: a timeout, a limit of requests, a server that is down or starts (RFC 9110). */
export const isTemporary = (status: number) => status === 408 || status === 429 || status >= 500;

/**
 * Seconds for which the header Retry-After asks: a number of them, or a date (RFC 9110, 10.2.3).
 * @returns undefined if it asks for none, or cannot be read
 */
export function retryAfter(header: string | readonly string[] | undefined): number | undefined {
  const text = (typeof header === 'string' ? header : header?.[0])?.trim();
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1000);
}
