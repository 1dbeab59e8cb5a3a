// npm pack and npm publish run this: it makes anew what the package has and a checkout has not, dist/, this platform's binary and
// native/binding.gyp. The other platforms' are from npm run cross: a package without them can be tried, but not published.

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildTypeScript } from './build.mjs';
import { buildPrebuilds, OWN, PREBUILDS } from './prebuilds.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const isMissing = (file) => !existsSync(join(root, file));

/** What package.json says that there is. */
function promised() {
  const { main, types, exports, bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const inExports = Object.values(exports).flatMap((entry) =>
    typeof entry === 'string' ? entry : Object.values(entry),
  );
  return [main, types, ...inExports, ...Object.values(bin)];
}

/**
 * For who compiles the package where it is installed. Not at the package's root: npm ci, pnpm and Yarn compile whatever has a
 * binding.gyp there, and fail where there is no compiler.
 */
const GYP = join(root, 'native', 'binding.gyp');
rmSync(GYP, { force: true });
if (process.argv.includes('--undo')) process.exit();
const gyp = readFileSync(join(root, 'binding.gyp'), 'utf8');
writeFileSync(GYP, gyp.replaceAll("'native/", "'").replaceAll("'native'", "'.'"));

// What was compiled from files that are no more is not to be packed.
rmSync(join(root, 'dist'), { recursive: true, force: true });
buildTypeScript();
buildPrebuilds();

const prebuilds = PREBUILDS.map((file) => join('prebuilds', file));
const own = prebuilds.filter((file) => file === join('prebuilds', OWN));
const publishing = process.env.npm_command === 'publish';
const missing = [...promised(), ...(publishing ? prebuilds : own)].filter(isMissing);
if (missing.length > 0) {
  console.error(`prepack: the package would lack ${missing.join(', ')}`);
  process.exit(1);
}
const absent = prebuilds.filter(isMissing);
if (absent.length > 0)
  console.error(`prepack: packed without ${absent.join(', ')}, which npm run cross makes`);
