/** What the air around a sensor is like. */
export interface Ambient {
  /** °C */
  readonly temperature: number;
  /** Pa */
  readonly pressure: number;
  /** % relative humidity, 0 to 100 */
  readonly humidity: number;
}

/** The air of one place as a function of a clock's time in milliseconds. */
export type Climate = (timeMs: number) => Ambient;

/** Air that never changes. */
export function constantAmbient(temperature: number, pressure: number, humidity: number): Climate {
  const ambient: Ambient = { temperature, pressure, humidity };
  return () => ambient;
}
