import type { Pelts } from './data.js';
import { trajectory } from './model.js';
import type { Parameters } from './parameters.js';
import { type Box, COLOURS, element, line, scale, text, ticks } from './svg.js';

const POINTS_PER_YEAR = 20;

/** Told apart without colour as well: by the marker and by the dashes. */
const SPECIES = [
  { name: 'hare', dashes: 'none' },
  { name: 'lynx', dashes: '9 5' },
] as const;

type Species = (typeof SPECIES)[number];

/** The counts as markers, the fitted equations as curves. The legend stands above the box. */
export function peltsPanel(pelts: readonly Pelts[], parameters: Parameters, box: Box): string {
  const { left, top, width, height } = box;
  const years = pelts.map(({ year }) => year);
  const [first, last] = [Math.min(...years), Math.max(...years)];
  const curve = trajectory(parameters, first, last - first, POINTS_PER_YEAR);
  const highest = Math.max(...[...pelts, ...curve].flatMap(({ hare, lynx }) => [hare, lynx]));

  const x = scale(first - 0.5, last + 0.5, left, left + width);
  const y = scale(0, highest * 1.06, top + height, top);
  const axes = [
    ...ticks(highest * 1.06).flatMap((value) => [
      line(left, y(value), left + width, y(value), COLOURS.grid),
      text(left - 10, y(value) + 5, String(value), { 'text-anchor': 'end' }),
    ]),
    line(left, top + height, left + width, top + height, COLOURS.ink),
    ...years
      .filter((year) => (year - first) % 2 === 0)
      .flatMap((year) => [
        line(x(year), top + height, x(year), top + height + 5, COLOURS.ink),
        text(x(year), top + height + 22, String(year), { 'text-anchor': 'middle' }),
      ]),
    text(0, 0, 'pelts, thousands a year', {
      'text-anchor': 'middle',
      transform: `translate(${left - 48} ${top + height / 2}) rotate(-90)`,
    }),
  ];

  const series = SPECIES.flatMap((species) => [
    curveLine(
      species,
      curve.map((point) => [x(point.year), y(point[species.name])]),
    ),
    ...pelts.map((point) => marker(species, x(point.year), y(point[species.name]))),
  ]);
  return [...axes, ...series, ...legend(left, top - 20)].join('\n');
}

function curveLine({ name, dashes }: Species, points: number[][]): string {
  return element('polyline', {
    points: points.map((point) => point.map((value) => value.toFixed(1)).join(',')).join(' '),
    fill: 'none',
    stroke: COLOURS[name],
    'stroke-width': 2.5,
    'stroke-dasharray': dashes,
  });
}

/** A disc for the hare, an open triangle for the lynx. */
function marker({ name }: Species, x: number, y: number): string {
  if (name === 'hare') return element('circle', { cx: x, cy: y, r: 5, fill: COLOURS.hare });
  return element('path', {
    d: `M${x.toFixed(1)} ${(y - 6.5).toFixed(1)}l6.5 11.5h-13z`,
    fill: '#ffffff',
    stroke: COLOURS.lynx,
    'stroke-width': 2,
  });
}

function legend(left: number, y: number): string[] {
  return SPECIES.flatMap((species, i) => {
    const x = left + 330 * i;
    return [
      marker(species, x + 8, y - 5),
      text(x + 22, y, `${species.name}, counted`),
      curveLine(species, [
        [x + 140, y - 5],
        [x + 184, y - 5],
      ]),
      text(x + 192, y, `${species.name}, fitted`),
    ];
  });
}
