// A snapshot of a large table while it goes on changing, as Redis makes its dump files.
//
//   here                    in C                                     in Python
//   pool.run(write)         if (fork() == 0) { write(); _exit(0); }  the same with os.fork(), os._exit(0)
//   its promise             waitpid(pid, &status, WNOHANG), polled   os.waitpid(pid, os.WNOHANG), polled
//   renameSync(part, file)  rename(part, file)                       os.rename(part, file)
//
// Notice that nobody locks the table, and nobody copies it: the child has the table of the moment of the fork, and takes
// its time to write it, while the parent goes on at once. The kernel copies only the pages that the parent changes
// meanwhile. That the sum in the file is right says that it shows one moment, and not two.
//
//   node dist/examples/snapshot/main.js [FILE]

import { createWriteStream, renameSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ForkPool } from 'just-fork/pool';

const [file = 'snapshot.ndjson'] = process.argv.slice(2);
if (file.startsWith('-')) {
  console.log('snapshot [FILE]: writes FILE, snapshot.ndjson if none is given');
  process.exit();
}
const ENTRIES = 200_000;

/** Accounts whose sum never changes: a file in which it does shows two moments. */
const table = new Map<number, number>();
for (let key = 0; key < ENTRIES; key++) table.set(key, 100);

/** In the child. Under another name until it is whole, so that nobody ever sees half of it. */
async function write(): Promise<number> {
  await pipeline(
    function* () {
      let lines = '';
      for (const entry of table) {
        lines += `${JSON.stringify(entry)}\n`;
        if (lines.length < 65_536) continue;
        yield lines;
        lines = '';
      }
      yield lines;
    },
    createWriteStream(`${file}.part`),
  );
  renameSync(`${file}.part`, file);
  return table.size;
}

/** Moves money about, a little in each turn of the event loop. */
let transfers = 0;
function change(): void {
  for (let i = 0; i < 1000; i++, transfers++) {
    const [from, to] = [(transfers * 7) % ENTRIES, (transfers * 13 + 1) % ENTRIES];
    table.set(from, (table.get(from) ?? 0) - 1);
    table.set(to, (table.get(to) ?? 0) + 1);
  }
}

async function main(): Promise<void> {
  await using pool = new ForkPool({ slots: 1 });
  let forked = 0;
  let changing = true;
  const changes = (async () => {
    for (; changing; await new Promise(setImmediate)) change();
  })();
  const written = await pool.run(() => {
    forked = transfers; // the child's own copy
    return write().then((entries) => ({ entries, forked }));
  });
  changing = false;
  await changes;
  console.log(
    `${file}: ${written.entries} entries, as they were after ${written.forked} transfers; ` +
      `by now there are ${transfers}`,
  );
}

void main();
