// What all promise forms are: ask; if there is nothing yet, let the kernel wake the event loop, and ask again.

import { onAbort } from '../aborts.js';
import { abortError } from '../errors.js';

/** An answer, or undefined for "not yet"; it throws what the promise is to reject with. */
export type Look<T> = () => T | undefined;
/** Calls `look` whenever there may be an answer, but never at once. The call that it returns stops it. */
export type Watch = (look: () => void) => () => void;

export function untilFound<T>(look: Look<T>, watch: Watch, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(abortError(signal));
    const found = look();
    if (found !== undefined) return resolve(found);

    const stop = watch(() => {
      try {
        const found = look();
        if (found === undefined) return;
        end();
        resolve(found);
      } catch (error) {
        end();
        reject(error);
      }
    });
    const abort = () => {
      end();
      reject(abortError(signal as AbortSignal));
    };
    const end = () => {
      forget();
      stop();
    };
    const forget = onAbort(signal, abort);
  });
}
