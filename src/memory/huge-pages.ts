import { native } from '../native.js';

/**
 * Lets V8's heap grow in huge pages (2 MiB) from now on. A fork copies the table of the parent's pages: 20 µs for each
 * megabyte of a heap in pages of 4 KiB, 2 µs in huge ones. So call it before the data are made or read; what the heap
 * has already stays as it is. It holds for the process, its Workers and its children, and is not undone. The heap is also what
 * V8 keeps for objects to come: a program that makes many has up to some 200 MB of that.
 *
 * Who writes after a fork, parent or child, divides the huge page that it writes to, and gets a copy of 4 KiB, as ever.
 * A parent whose garbage collector goes through the heap while children live has divided most of it: then a fork costs
 * about half of what it would without this.
 *
 * Linux only, and where the kernel gives huge pages to who asks: `always` or `madvise` in
 * /sys/kernel/mm/transparent_hugepage/enabled. See madvise(2), MADV_HUGEPAGE.
 *
 * @returns whether the heap grows so; false, and nothing is changed, where the kernel or this runtime has no way to.
 */
export function useHugePages(): boolean {
  return native.useHugePages();
}
