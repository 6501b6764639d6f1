/** A request of the portal that cannot be granted. The codes are Azure's where one is known. */
export class PortalRefusal extends Error {
  readonly status: number;
  readonly errorCode: number;

  constructor(status: number, message: string, errorCode = status * 1000) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
  }
}
