/**
 * The parts of an address that give access: user name, password, values of query and fragment, and path segments that
 * look random; each as written and decoded. Empty for a text that is not an address.
 */
export function secretsOfUrl(text: string): string[] {
  const address = /^([a-z][a-z0-9+.-]*:\/\/)?(?:([^/?#]*)@)?[^/?#]*([^?#]*)(.*)$/i.exec(text.trim());
  const [, scheme, user = '', path = '', after = ''] = address ?? [];
  // Whoever forgets the scheme may still have written the password.
  if (scheme === undefined && !user.includes(':')) return [];
  const found = [
    ...(user === '' ? [] : [user, ...user.split(/:(.*)/)]),
    ...path.split('/').filter((segment) => MADE_BY_CHANCE.test(segment)),
    ...after.split(/[?&;#]/).map((pair) => pair.replace(/^[^=]*=/, '')),
  ];
  return [...new Set(found.flatMap((part) => [part, decoded(part)]))].filter((part) => part !== '');
}

// Such as the key of a shared folder.
const MADE_BY_CHANCE = /^(?=.*\d)(?=.*[A-Za-z])[\w%.~-]{16,}$/;

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
