/** Properties of a message; `null` for a name that stands without a value. */
export type PropertyBag = Readonly<Record<string, string | null>>;

/** The end of a topic, `name=value&name=value`, each part encoded as in a URL. @throws URIError for what is not */
export function parsePropertyBag(text: string): PropertyBag {
  const members = text.replace(/^\?/, '').split('&').filter(Boolean);
  return Object.fromEntries(
    members.map((member) => {
      const end = member.indexOf('=');
      if (end === -1) return [decodeURIComponent(member), null];
      return [decodeURIComponent(member.slice(0, end)), decodeURIComponent(member.slice(end + 1))];
    }),
  );
}

export function formatPropertyBag(bag: PropertyBag): string {
  return Object.entries(bag)
    .map(([name, value]) => encodeURIComponent(name) + (value === null ? '' : `=${encodeURIComponent(value)}`))
    .join('&');
}
