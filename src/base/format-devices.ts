/** So many devices, in words; `figure` is their number as the text around it writes numbers. */
export function formatDevices(count: number, figure = String(count)): string {
  return count === 1 ? '1 device' : `${figure} devices`;
}
