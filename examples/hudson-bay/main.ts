// The main job: a genetic algorithm on slots of forked children fits the hares and lynxes of the Hudson Bay.
//
//   here (in evaluate-forked.ts)     in C                               in Python
//   os.pipe(), os.fork()             pipe(fds), fork()                  os.pipe(), os.fork()
//   os.waitpid(0, os.WNOHANG)        waitpid(0, &status, WNOHANG)       os.waitpid(0, os.WNOHANG)
//   os.read(fd), os.write(fd, data)  read(fd, ...), write(fd, ...)      os.read(fd, n), os.write(fd, data)
//   os._exit(0)                      _exit(0)                           os._exit(0)
//
// Notice that a child is told nothing: the population is in its memory because it was in its parent's. Only the answers,
// a few numbers, go back through a pipe. Each child has a part of the population, and the next one starts as soon as a
// slot is free; that a seed gives the same answer with any number of slots shows that the children share nothing else.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { readPelts } from './data.js';
import { type Child, forkedEvaluator } from './evaluate-forked.js';
import { serialEvaluator } from './evaluate-serial.js';
import { type Evaluate, evolve } from './evolve.js';
import { readOptions } from './options.js';
import { GENE_RANGES } from './parameters.js';
import { drawPicture } from './picture.js';
import { Progress } from './progress.js';
import { comparisonReport, fitReport, identical, type Run, seconds } from './report.js';

process.stdout.on('error', () => {}); // a reader may go away, as head does: the picture is drawn all the same

const options = readOptions(process.argv);

async function main(): Promise<void> {
  const { slots, generations, serial, svg } = options;
  const pelts = readPelts();
  const evaluate = serialEvaluator(pelts);
  const children: Child[] = [];
  let run: Run;

  if (serial) {
    run = await timedRun(evaluate, new Progress('one process', generations));
    console.log(`${fitReport(run)}\none process, ${seconds(run)}`);
  } else {
    const progress = new Progress('forked     ', generations);
    const betweenPolls = (running: number): void =>
      progress.tick(`  children ${children.length + running}, ${running} running`);
    run = await timedRun(forkedEvaluator({ evaluate, slots, betweenPolls }, children), progress);
    const alone = await timedRun(evaluate, new Progress('one process', generations));
    console.log(fitReport(run));
    console.log(comparisonReport(run, alone, slots, children.length));
    if (!identical(run.best, alone.best)) process.exitCode = 1;
  }

  writeFileSync(svg, drawPicture({ pelts, run, children, slots }));
  console.log(`picture in ${path.resolve(svg)}`);
}

async function timedRun(evaluate: Evaluate, progress: Progress): Promise<Run> {
  const started = performance.now();
  const best = await evolve({
    geneRanges: GENE_RANGES,
    generations: options.generations,
    seed: options.seed,
    evaluate,
    onGeneration: (generation, { fitness }) => progress.generationDone(generation, fitness),
  });
  return { best, started, milliseconds: performance.now() - started };
}

main().catch((error: unknown) => {
  // On a terminal the line of the progress is still open.
  console.error(
    `${process.stdout.isTTY ? '\n' : ''}hudson-bay: ${error instanceof Error ? error.message : error}`,
  );
  process.exitCode = 1;
});
