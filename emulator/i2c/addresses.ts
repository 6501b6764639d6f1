/** Of 7 bits, and not one of the reserved ones (UM10204 3.1.12). */
export function isDeviceAddress(address: number): boolean {
  return Number.isInteger(address) && address >= 0x08 && address <= 0x77;
}
