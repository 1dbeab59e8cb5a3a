// What the commands print. console.log passes over an error of its stream, so that a full disk would look like a good end.

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Called with the error of a write, which comes when the write is over. A reader that has gone away, as head does, is none. */
export function onPrintError(fail: (error: Error) => void): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') fail(error);
  });
}
