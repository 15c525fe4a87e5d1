import { escapeMarkdown, escapeUnprintable, unicodeEscape } from './escapes';

// A shorter text in base64 or hexadecimal occurs inside many others.
const SHORTEST_ENCODED = 8;

/**
 * Every form in which a message may show a secret: as it is, line by line, escaped for JSON, Markdown, HTML or a log, as a
 * part of a URL (once and twice), in base64 and in hexadecimal.
 */
export function secretForms(secret: string): string[] {
  const forms = new Set<string>();
  for (const text of textsOf(secret)) for (const form of formsOfText(text)) forms.add(form);
  return [...forms].filter((form) => form.trim() !== '');
}

/** The secret with and without JSON's escapes, each as a whole and line by line, composed and decomposed. */
function textsOf(secret: string): Set<string> {
  const whole = [secret, unescaped(secret)];
  const lines = whole.flatMap((text) => [text, ...text.split(/[\r\n]+/)]).map((text) => text.trim());
  return new Set(lines.flatMap((text) => [text, text.normalize('NFC'), text.normalize('NFD')]));
}

function unescaped(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}

function formsOfText(text: string): string[] {
  const json = inJson(text);
  const escaped = [text, ...json, ...json.flatMap(inJson), escapeUnprintable(text), text.replaceAll('"', '\\"')];
  const html = inHtml(text);
  // What is written of the first character may depend on the previous one.
  const markdown = [text, ...json]
    .map(escapeUnprintable)
    .flatMap((one) => [escapeMarkdown(one), escapeMarkdown(`x${one}`).slice(1)]);
  const once = inUrl(text);
  // What reads bytes as letters, of an address too, shows the letters of others in two or more.
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  const plain = [...escaped, ...html, ...markdown, ...once, ...once.flatMap(inUrl), bytes];
  return text.length < SHORTEST_ENCODED ? plain : [...plain, ...inBase64(text), ...inHex(text)];
}

/** As JavaScript writes it, as Go does (no characters of HTML), and as Python does (ASCII alone). */
function inJson(text: string): string[] {
  const plain = JSON.stringify(text).slice(1, -1);
  const ofGo = plain.replace(/[<>&\u2028\u2029]/g, unicodeEscape);
  return [plain, ofGo, plain.replace(/[^\x20-\x7e]/g, unicodeEscape), plain.replaceAll('/', '\\/')];
}

function inHtml(text: string): string[] {
  const least = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const doubled = least.replaceAll('"', '&quot;');
  return [least, doubled, doubled.replaceAll("'", '&#39;'), doubled.replaceAll("'", '&#x27;')];
}

/** Encoders differ in which marks they leave as they are, in the blank, and in the case of the digits. */
function inUrl(text: string): string[] {
  const component = encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
  const escaped = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  const strict = component.replace(/[!'()*]/g, escaped);
  const ofPath = component.replace(/%(24|26|2B|2C|2F|3A|3B|3D|40)/g, (code) => decodeURIComponent(code));
  const all = [component, strict, strict.replaceAll('%20', '+'), strict.replaceAll('~', '%7E'), ofPath];
  return all.flatMap((form) => [form, form.replace(/%[0-9A-F]{2}/g, (digits) => digits.toLowerCase())]);
}

/** By itself, and as part of a longer text, where it may begin at each of three places. */
function inBase64(text: string): string[] {
  const bytes = Buffer.from(text, 'utf8');
  const within = [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const whole = Math.floor(((before + bytes.length) * 8) / 6);
    return encoded.slice(Math.ceil((before * 8) / 6), whole);
  });
  return [bytes.toString('base64'), ...within].flatMap((form) => [
    form,
    form.replaceAll('+', '-').replaceAll('/', '_'),
  ]);
}

function inHex(text: string): string[] {
  const hex = Buffer.from(text, 'utf8').toString('hex');
  return [hex, hex.toUpperCase()];
}
