/** MQTTS at DPS and hubs alike; the record of a hub has no port. */
export const HUB_PORT = 8883;

/** What is answered to a registration, by status and request id. */
export const DPS_ANSWERS = '$dps/registrations/res/#';

export function dpsUserName(
  { idScope, apiVersion }: { readonly idScope: string; readonly apiVersion: string },
  registrationId: string,
  clientVersion: string,
): string {
  return `${idScope}/registrations/${registrationId}/api-version=${apiVersion}&ClientVersion=${clientVersion}`;
}

/** Quirk: the request id is decimal, the packet id that was given out last. */
export function registerTopic(rid: number): string {
  return `$dps/registrations/PUT/iotdps-register/?$rid=${rid}`;
}

export function statusTopic(rid: number, operationId: string): string {
  return `$dps/registrations/GET/iotdps-get-operationstatus/?$rid=${rid}&operationId=${operationId}`;
}

/** The hub is told by its own name, the device by its id; `clientType` says who speaks, where somebody says so. */
export function hubUserName(hub: string, deviceId: string, apiVersion: string, clientType?: string): string {
  const type = clientType === undefined ? '' : `&DeviceClientType=${percentEncoded(clientType)}`;
  return `${hub}/${deviceId}/?api-version=${apiVersion}${type}`;
}

/** From the hub to the device. */
export function deviceBoundFilter(deviceId: string): string {
  return `devices/${deviceId}/messages/devicebound/#`;
}

/** From the device to the hub. */
export function eventsTopic(deviceId: string): string {
  return `devices/${deviceId}/messages/events/`;
}

/** As the SDK's encoder does it: lower-case digits, and ! ( ) * - . _ stay as they are. */
function percentEncoded(ascii: string): string {
  return ascii.replace(/[^A-Za-z0-9!()*\-._]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}
