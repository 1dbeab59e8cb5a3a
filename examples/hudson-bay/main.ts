// The main job: a genetic algorithm on slots of forked children fits the hares and lynxes of the Hudson Bay.
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
