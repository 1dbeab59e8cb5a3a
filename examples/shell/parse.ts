// `sort < in | uniq -c > out &` as data. Quotes keep spaces together; nothing is expanded.

export interface Command {
  argv: string[];
  input?: string;
  output?: string;
  append: boolean;
}

export interface Line {
  commands: Command[];
  background: boolean;
}

export function parse(line: string): Line {
  const words = [...line.matchAll(/"([^"]*)"|'([^']*)'|>>|[<>|&]|[^\s<>|&'"]+/g)];
  const background = words.at(-1)?.[0] === '&';
  if (background) words.pop();
  let command: Command = { argv: [], append: false };
  const commands = [command];
  for (let i = 0; i < words.length; i++) {
    const [word, double, single] = words[i] as RegExpMatchArray;
    if (word === '|') {
      command = { argv: [], append: false };
      commands.push(command);
    } else if (word === '<') command.input = String(words[++i]?.[0]);
    else if (word === '>' || word === '>>') {
      command.append = word === '>>';
      command.output = String(words[++i]?.[0]);
    } else command.argv.push(double ?? single ?? String(word));
  }
  return { commands, background };
}
