import vm from 'node:vm';

/**
 * At load: calls `made` with each context that vm.createContext() makes from now on. ES modules have a copy of node:vm, which
 * is made anew right after this (askForPids).
 */
export function onNewContext(made: (context: object) => void): void {
  const original = vm.createContext;
  const { createContext } = {
    createContext(this: unknown, ...args: unknown[]) {
      const context = Reflect.apply(original, this, args) as object;
      made(context);
      return context;
    },
  };
  Object.defineProperty(createContext, 'length', { value: original.length, configurable: true });
  // It may be frozen: then a context is heard of when it runs its first script.
  Reflect.set(vm, 'createContext', createContext);
}
