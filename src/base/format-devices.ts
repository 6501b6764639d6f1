/** So many devices, in words. */
export function formatDevices(count: number): string {
  return count === 1 ? '1 device' : `${count} devices`;
}
