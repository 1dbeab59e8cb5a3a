// What fork needs here, whether it is there, and whether it works.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Capabilities } from '../capabilities.js';
import { adviceForLoad, adviceForMissing, adviceForRefusal } from './advice.js';
import { bold, dim, green, red } from './colour.js';
import { version } from './package.js';
import { print } from './print.js';

const FORKS = 20;
/** Twenty forks take less than a second; only a hang takes this long. */
const PATIENCE = 30_000;

interface SelfTest {
  passed: boolean;
  forks: number;
  /** Of fork, _exit and waitpid together, in milliseconds. */
  median: number | null;
  /** Of the error that ended it, if one did. */
  code: string | null;
  error: string | null;
}

interface Findings {
  healthy: boolean;
  version: string;
  /** null: the addon did not load. */
  capabilities: Capabilities | null;
  selfTest: SelfTest | null;
  advice: string[];
}

/** @returns the exit code: 0 if fork works here. */
export function doctor(json: boolean): number {
  const findings = examine();
  if (json) print(JSON.stringify(findings, null, 2));
  else show(findings);
  return findings.healthy ? 0 : 1;
}

function examine(): Findings {
  const findings: Findings = {
    healthy: false,
    version: version(),
    capabilities: null,
    selfTest: null,
    advice: [],
  };
  try {
    const { capabilities } = require('../index.js') as typeof import('../index.js');
    findings.capabilities = capabilities();
  } catch (error) {
    findings.advice.push(adviceForLoad(error));
    return findings;
  }
  findings.advice.push(...findings.capabilities.missing.map(adviceForMissing));
  if (findings.capabilities.fork) {
    findings.selfTest = test();
    if (!findings.selfTest.passed) findings.advice.push(adviceForRefusal(findings.selfTest.code));
  }
  findings.healthy = findings.selfTest?.passed === true;
  return findings;
}

function test(): SelfTest {
  const failed = { passed: false, forks: FORKS, median: null };
  try {
    const { status, signal, stdout, stderr, error } = spawnSync(
      process.execPath,
      [...process.execArgv, join(__dirname, 'self-test.js'), String(FORKS)],
      { encoding: 'utf8', timeout: PATIENCE, killSignal: 'SIGKILL' },
    );
    if (status === 0) {
      const times = (JSON.parse(stdout) as number[]).sort((one, other) => one - other);
      const median = Math.round((times[FORKS / 2] as number) * 1000) / 1000;
      return { passed: true, forks: FORKS, median, code: null, error: null };
    }
    const what = error?.message ?? (signal === null ? `exit code ${status}` : signal);
    return { ...failed, code: /^code (\w+)$/m.exec(stdout)?.[1] ?? null, error: `${what}\n${stderr}`.trim() };
  } catch (error) {
    // --permission can forbid to start a program.
    const { code = null, message } = error as { code?: string; message: string };
    return { ...failed, code, error: message };
  }
}

function show({ healthy, version, capabilities, selfTest, advice }: Findings): void {
  const good = (yes: boolean) => (yes ? green('yes') : red('no'));
  const row = (name: string, value: string) => print(`  ${name.padEnd(22)}${value}`);
  print(bold(`just-fork ${version}`));
  if (capabilities !== null) {
    const { platform, arch, node, v8, libuv, fork, heap } = capabilities;
    row('platform', `${platform} ${arch}`);
    row('Node', `${node} ${dim(`(V8 ${v8}, libuv ${libuv})`)}`);
    row("V8's mappings", `${heap.mappings}, ${Math.round(heap.bytes / 2 ** 20)} MiB of addresses`);
    row('what fork needs', fork ? green('all there') : red(`${capabilities.missing.length} missing`));
  } else {
    row('the addon', red('did not load'));
  }
  if (selfTest !== null) {
    const { passed, forks, median, error } = selfTest;
    row(
      `${forks} forks`,
      passed ? `${green('good')}, ${median} ms each (fork, _exit, waitpid; median)` : red('failed'),
    );
    if (error !== null) print(error.replaceAll(/^/gm, '    '));
  }
  row('fork works here', good(healthy));
  for (const line of advice) print(`\n${line}`);
}
