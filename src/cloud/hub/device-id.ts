/** ASCII letters, digits and - . % _ * ? ! ( ) , : = @ $ ', at most 128 of them. */
const DEVICE_ID = /^[A-Za-z0-9\-.%_*?!(),:=@$']{1,128}$/;

export function isDeviceId(text: string): boolean {
  return DEVICE_ID.test(text);
}
