// How the picture looks. Nothing is told by colour alone: each kind of mark has its own shape or pattern, so that a print
// in black and white says the same. The colours of slots differ in lightness, too.

/** Slots beyond these begin anew. */
export const SLOT_COLOURS = 6;

const light = {
  paper: '#ffffff',
  ink: '#1c1f23',
  soft: '#5c6470',
  guide: '#e3e6ea',
  life: '#c9d3df',
  edge: '#5b6b7e',
  hatch: '#5b6b7e',
  signal: '#c2255c',
  slots: ['#8ecae6', '#f4c06a', '#a7d8a0', '#e3a0bd', '#c2b5ea', '#d9cf8a'],
};

const dark: typeof light = {
  paper: '#0d1117',
  ink: '#e6edf3',
  soft: '#9aa5b1',
  guide: '#262c34',
  life: '#36424f',
  edge: '#8fa1b5',
  hatch: '#8fa1b5',
  signal: '#ff7aa2',
  slots: ['#1f5f7f', '#7d5410', '#2d6a3a', '#7a3556', '#4e4389', '#655c1c'],
};

// Written out twice, and without CSS variables: not every program that shows SVG knows those.
function colours({ paper, ink, soft, guide, life, edge, hatch, signal, slots }: typeof light): string {
  return [
    `.paper{fill:${paper}}`,
    `text,.tip{fill:${ink}}`,
    `.soft{fill:${soft}}`,
    `.halo{stroke:${paper}}`,
    `.guide{stroke:${guide}}`,
    `.axis,.fork,.reap,.zombie,.end{stroke:${edge}}`,
    `.dot{fill:${edge}}`,
    `.ring{fill:${paper};stroke:${edge}}`,
    `.life{fill:${life};stroke:${edge}}`,
    `.hatch{stroke:${hatch}}`,
    `.ground{fill:${paper}}`,
    `.signal{stroke:${signal}}`,
    `.head,text.said{fill:${signal}}`,
    ...slots.map((colour, index) => `.slot${index}{fill:${colour}}`),
  ].join('');
}

export const STYLE = [
  'text{font-family:system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif}',
  'line,path{fill:none}',
  '.halo{stroke-width:3;stroke-linejoin:round;paint-order:stroke}',
  '.guide{stroke-width:1}.axis{stroke-width:1}.hatch{stroke-width:1.2}',
  '.life{stroke-width:.8}.fork{stroke-width:1.2}.ring{stroke-width:1.2}',
  '.reap{stroke-width:1;stroke-dasharray:2 3}.zombie{stroke-width:1.5;stroke-dasharray:4 2}',
  '.end{stroke-width:2}.signal{stroke-width:1.5}',
  '.ground{fill-opacity:.75}',
  colours(light),
  `@media (prefers-color-scheme:dark){${colours(dark)}}`,
].join('');
