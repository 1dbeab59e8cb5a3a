// `sort < in | uniq -c > out &` as data. Quotes keep spaces together; nothing is expanded.

export interface Redirection {
  operator: '<' | '>' | '>>';
  file: string;
}

export interface Command {
  argv: string[];
  /** In their order: the last one counts, and each of them opens its file. */
  redirections: Redirection[];
}

export interface Line {
  /** None, if the line is empty. */
  commands: Command[];
  background: boolean;
}

/** An operator; or a word, of which quotes may be a part; or a quote that nothing closes. */
const TOKEN = />>|[<>|&]|(?:[^\s<>|&'"]|"[^"]*"|'[^']*')+|["']/g;

/** @throws SyntaxError: as a shell tells it. */
export function parse(line: string): Line {
  const tokens: string[] = line.match(TOKEN) ?? [];
  const commands: Command[] = [];
  for (let token: string | undefined; tokens.length > 0 || token === '|'; ) {
    const command: Command = { argv: [], redirections: [] };
    for (
      token = tokens.shift();
      token !== undefined && token !== '|' && token !== '&';
      token = tokens.shift()
    ) {
      if (token === '<' || token === '>' || token === '>>') {
        command.redirections.push({ operator: token, file: unquoted(tokens.shift()) });
      } else command.argv.push(unquoted(token));
    }
    if (command.argv.length === 0 && command.redirections.length === 0) throw unexpected(token);
    commands.push(command);
    if (token !== '&') continue;
    if (tokens.length > 0) throw unexpected(tokens[0]);
    return { commands, background: true };
  }
  return { commands, background: false };
}

function unquoted(word: string | undefined): string {
  if (word === undefined || /^[<>|&]/.test(word)) throw unexpected(word);
  return word.replace(/"([^"]*)"|'([^']*)'|["']/g, (quote, double, single) => {
    const inside = double ?? single;
    if (inside === undefined) throw new SyntaxError(`syntax error: nothing closes the ${quote}`);
    return inside;
  });
}

function unexpected(token: string | undefined): SyntaxError {
  return new SyntaxError(`syntax error: unexpected ${token === undefined ? 'end of line' : `'${token}'`}`);
}
