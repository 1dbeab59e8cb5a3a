import { self } from '../self.js';

/** The names that Node has told of so far, and how many entries of its list these are: it only ever grows. */
const loadedNames = new Set<string>();
let entriesRead = 0;

/**
 * Whether Node has loaded this module of its own ('http'): to load one only to look into it would cost each child its pages.
 * A Node that does not tell may have.
 */
export function isLoaded(name: string): boolean {
  const { moduleLoadList } = self as { moduleLoadList?: string[] };
  if (moduleLoadList === undefined) return true;
  for (; entriesRead < moduleLoadList.length; entriesRead++) {
    const entry = moduleLoadList[entriesRead] as string;
    if (entry.startsWith(MODULE)) loadedNames.add(entry.slice(MODULE.length));
  }
  return loadedNames.has(name);
}

const MODULE = 'NativeModule ';
