/** LMDB's own error, which is a promise in the one that a failed commit rejects with. */
export async function commitTrouble(error: unknown): Promise<unknown> {
  try {
    await (error as { commitError?: Promise<never> }).commitError;
    return error;
  } catch (cause) {
    return cause;
  }
}
