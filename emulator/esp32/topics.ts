const CLIENT_ID = '{clientId}';

/** A topic of a profile as a device with this client id has it. */
export function topicOf(pattern: string, clientId: string): string {
  return pattern.replaceAll(CLIENT_ID, clientId);
}

/** Whether a topic of a profile is another one for each device. */
export function isOwnTopic(pattern: string): boolean {
  return pattern.includes(CLIENT_ID);
}
