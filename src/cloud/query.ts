/** The members of `?a=b&c=d` as they stand: a value is echoed to who sent it, byte for byte. The first of a name counts. */
export function rawQuery(query: string): ReadonlyMap<string, string> {
  const members = new Map<string, string>();
  for (const member of query.split('&')) {
    const end = member.indexOf('=');
    const name = end === -1 ? member : member.slice(0, end);
    if (!members.has(name)) members.set(name, end === -1 ? '' : member.slice(end + 1));
  }
  return members;
}
