// What a trace tells, and how it is shown.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { environment, newFolder, node, pass } from './run';

test('forks, ends, waits, reaps, signals and execs of all processes are told, each once, in their order', () =>
  pass('trace/events'));

test('slots: who had which, and which were refilled', () => pass('trace/slots'));

test('children of a pool have their slots, ends and signals; a lock that is free is no wait', () =>
  pass('trace/pool'));

test('in the picture and the Chrome trace all is where and when it was', () => pass('trace/drawn'));

test('of strangers and groups it tells what was done to them; it can be shown while it runs', () =>
  pass('trace/beyond'));

test('what comes when the trace is full is counted; a second trace can follow', () => pass('trace/full'));

test('12 processes write at once, and most die of SIGKILL: nothing is lost or torn', () =>
  pass('trace/storm'));

interface Shown {
  svg: string;
  chrome: {
    traceEvents: {
      ph: string;
      pid: number;
      tid: number;
      ts?: number;
      dur?: number;
      name: string;
      id?: number;
    }[];
  };
}

for (const children of [0, 8, 64, 200]) {
  test(`the picture and the Chrome trace of ${children} children are well-formed`, async () => {
    const { stdout } = await pass('trace/pictures', { args: [String(children)] });
    const { svg, chrome } = JSON.parse(stdout) as Shown;

    expect(wellFormed(svg)).toBe(true);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect(svg).toContain('prefers-color-scheme:dark');
    expect(svg).toContain(`${children + 3} processes`);
    expect(svg).toContain('SIGTERM');
    // One bar a process, and those of the legend.
    expect(svg.match(/<rect class="life[^>]*><title>/g)).toHaveLength(children + 3);
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg)?.map(Number) ?? [];
    for (const [, name, value] of svg.matchAll(/ (x|y|cx|cy|x1|x2|y1|y2)="(-?[\d.]+)"/g)) {
      expect(Number(value)).toBeGreaterThanOrEqual(0);
      expect(Number(value)).toBeLessThanOrEqual((name?.includes('x') ? width : height) as number);
    }

    // In a crowd the children of a slot share a lane, and only those that failed have a word for their end.
    const isCrowd = children + 3 > 64;
    const shared = [...svg.matchAll(/>slot (\d) \((\d+)\)</g)];
    expect(shared.map(([, slot]) => Number(slot))).toEqual(isCrowd ? [0, 1, 2, 3, 4, 5, 6, 7] : []);
    if (isCrowd) expect(shared.reduce((sum, [, , count]) => sum + Number(count), 0)).toBe(children);
    expect(svg.includes('>exit 0</text>')).toBe(children < 24);
    expect(svg.includes('opacity="0.4"')).toBe(children > 24);

    const of = (ph: string) => chrome.traceEvents.filter((event) => event.ph === ph);
    expect(of('M').filter(({ name }) => name === 'process_name')).toHaveLength(children + 3);
    for (const { ts, dur } of of('X')) expect([(ts ?? -1) >= 0, (dur ?? -1) >= 0]).toEqual([true, true]);
    // Each arrow has both of its ends, and does not point to the past.
    const ends = new Map(of('f').map((event) => [event.id, event]));
    expect(of('s')).toHaveLength(ends.size);
    expect(of('s').filter(({ name }) => name === 'fork')).toHaveLength(children + 2);
    for (const { id, ts } of of('s')) expect(ends.get(id)?.ts).toBeGreaterThanOrEqual(ts as number);
    // Perfetto goes by time, ties an end to what its thread was given last, and draws it from there.
    const given = new Map<number, number>();
    const inTime = chrome.traceEvents
      .filter(({ ph }) => ph !== 'M')
      .sort((a, b) => (a.ts ?? 0) - (b.ts ?? 0));
    for (const { ph, tid, ts } of inTime) {
      if (ph === 's' || ph === 'f') expect(given.get(tid)).toBe(ts);
      else given.set(tid, ts as number);
    }
  });
}

test('the example of the documents draws what it says', () => {
  const dir = newFolder();
  const file = join(__dirname, '..', 'dist', 'examples', 'trace.js');
  const { status, stdout } = spawnSync(node, [file], {
    cwd: dir,
    env: environment,
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect([status, stdout]).toEqual([0, expect.stringMatching(/^7 processes, \d+ events/)]);
  expect(readdirSync(dir).sort()).toEqual(['trace.json', 'trace.svg']);
  const svg = readFileSync(join(dir, 'trace.svg'), 'utf8');
  for (const said of ['SIGTERM', 'exec sleep', 'exit 3', 'slot 2']) expect(svg).toContain(said);
  expect(JSON.parse(readFileSync(join(dir, 'trace.json'), 'utf8')).traceEvents.length).toBeGreaterThan(20);
});

/** Each tag that is opened is closed, in its order. */
function wellFormed(xml: string): boolean {
  const open: string[] = [];
  for (const [, closing, name, rest] of xml.matchAll(/<(\/?)([a-z]+)([^<>]*)>/gi)) {
    if (closing) {
      if (open.pop() !== name) return false;
    } else if (!rest?.endsWith('/')) open.push(name as string);
  }
  return open.length === 0 && xml.startsWith('<svg ');
}
