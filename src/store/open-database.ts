import { open, type RootDatabase } from 'lmdb';

/**
 * The writes of one turn of the event loop are one commit, which begins when the turn is over. The binding's own batches of a
 * turn do the same, but when a commit fails they reject a promise that nobody can have, and the process ends.
 */
const COMMITS = { eventTurnBatching: false, txnStartThreshold: Number.POSITIVE_INFINITY };

/** Opens what `requireDatabase` found sound, or an empty file. A commit resolves when the disk has it. */
export function openDatabase(file: string, readOnly: boolean): RootDatabase {
  printFailuresOnce();
  // overlappingSync: a reply must not leave a chip that a power cut would set back.
  return open({ path: file, noSubdir: true, encoding: 'binary', overlappingSync: false, readOnly, ...COMMITS });
}

let isOnce = false;

/** The binding prints the error of a failed commit, with its stack, before it rejects with it: who waits for the commit reports it. */
function printFailuresOnce(): void {
  if (isOnce) return;
  isOnce = true;
  const print = console.error;
  console.error = (...data: unknown[]) => {
    if (!isOfSystem(data[0])) print(...data);
  };
}

/** LMDB's errors have numbers for codes; those of Node have names. */
function isOfSystem(thing: unknown): boolean {
  return thing instanceof Error && typeof (thing as { readonly code?: unknown }).code === 'number';
}
