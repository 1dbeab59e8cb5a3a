// Colour for a terminal, and for nothing else. (node:util has styleText, but not in every Node 20.)

/** What is asked of a stream: tests and pipes get plain text. See https://no-color.org. */
function colourful(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
}

const style = (open: number, close: number) => (text: string) =>
  colourful(process.stdout) ? `\x1b[${open}m${text}\x1b[${close}m` : text;

export const bold = style(1, 22);
export const dim = style(2, 22);
export const red = style(31, 39);
export const green = style(32, 39);
