import { EmuError } from '../../emulator/errors.ts';

/** An error as plain data, on its way to another process. */
export interface ErrorDocument {
  /** Of an `EmuError` alone. */
  readonly code?: EmuError['code'];
  readonly name: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly value?: unknown;
  readonly stack?: string | undefined;
}

export function errorDocument(error: unknown): ErrorDocument {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message, stack } = error;
  if (!(error instanceof EmuError)) return { name, message, stack };
  return { code: error.code, name, message, hint: error.hint, value: error.value, stack };
}

/** The error as it was thrown there, an `EmuError` with its code, hint and value. */
export function errorFrom({ code, name, message, hint, value, stack }: ErrorDocument): Error {
  const error =
    code === undefined
      ? Object.assign(new Error(message), { name })
      : new EmuError(code, message, { value, ...(hint !== undefined && { hint }) });
  if (stack !== undefined) error.stack = stack;
  return error;
}
