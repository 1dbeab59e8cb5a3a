// The children that this process has forked and not yet reaped. The kernel is asked first; this list serves where it
// cannot answer, because no descriptor is left to read /proc with.

const forked = new Set<number>();

export function rememberChild(pid: number): void {
  forked.add(pid);
}

export function forgetChild(pid: number): void {
  forked.delete(pid);
}

/** In a child: they are the parent's. */
export function forgetChildren(inChild: boolean): void {
  if (inChild && forked.size > 0) forked.clear();
}

export function rememberedChildren(): Iterable<number> {
  return forked;
}
