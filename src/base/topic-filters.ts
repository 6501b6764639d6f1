/** Whether a filter is one: + and # alone in their levels, # in the last [MQTT-4.7.1-2, MQTT-4.7.1-3]. */
export function isFilter(filter: string): boolean {
  const levels = filter.split('/');
  return (
    filter !== '' &&
    levels.every((level, i) => /^[^+#]*$/.test(level) || level === '+' || (level === '#' && i === levels.length - 1))
  );
}

/** Whether a filter matches a topic name [MQTT-4.7]. */
export function matchesFilter(filter: string, topic: string): boolean {
  // Wildcards do not reach into the server's own topics [MQTT-4.7.2-1].
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false;
  const [wanted, levels] = [filter.split('/'), topic.split('/')];
  for (const [i, level] of wanted.entries()) {
    if (level === '#') return true;
    if (i >= levels.length || (level !== '+' && level !== levels[i])) return false;
  }
  return wanted.length === levels.length;
}
