/**
 * Whether Node has loaded this module of its own ('http'): to load one only to look into it would cost each child its pages.
 * A Node that does not tell may have.
 */
export function isLoaded(name: string): boolean {
  const { moduleLoadList } = process as { moduleLoadList?: string[] };
  return moduleLoadList === undefined || moduleLoadList.includes(`NativeModule ${name}`);
}
