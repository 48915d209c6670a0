/** What the window may do at all; Electron's own objects stay in main.ts, so that this can be tested without them. */

/** Only pages of the service: same scheme, host and port. */
export function isOwnPage(url: string, origin: string): boolean {
  try {
    return new URL(url).origin === new URL(origin).origin;
  } catch {
    return false;
  }
}

/** Requests that may leave the window. DevTools' own pages are only there when developer tools are. */
export function mayRequest(url: string, origin: string, developerTools: boolean): boolean {
  if (/^(data|blob):/.test(url)) return true;
  return isOwnPage(url, origin) || (developerTools && url.startsWith('devtools://'));
}

interface Keystroke {
  readonly key: string;
  readonly control: boolean;
  readonly meta: boolean;
  readonly alt: boolean;
}

/** Keys that would leave, reload, print, zoom or inspect. A keyboard that somebody plugs in gets none of them. */
export function isForbiddenKey({ key, control, meta, alt }: Keystroke): boolean {
  if (/^F\d{1,2}$/.test(key)) return true;
  if (alt && /^(F4|Tab|ArrowLeft|ArrowRight|Home)$/.test(key)) return true;
  // Copying, pasting and selecting inside a field do no harm.
  return (
    (control || meta) && !/^[acvxz]$/i.test(key) && !/^(Control|Meta|Arrow\w+|Backspace|Delete)$/.test(key)
  );
}

/** `http://127.0.0.1:8740`: refuses every address that is not this machine's. */
export function readOrigin(text: string): string {
  const url = new URL(text);
  if (url.protocol !== 'http:' || !['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname))
    throw new Error('the shell only shows a service on this machine');
  return url.origin;
}
