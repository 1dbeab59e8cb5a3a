// A plugin of TypeDoc: each export belongs to the subject of the file that it is in, and each guide has its own title.

import { Application, CommentTag, Converter, ReflectionKind } from 'typedoc';

/** The first that fits counts. */
const SUBJECTS = [
  ['src/child/', 'Fork'],
  ['src/posix/(wait|status|detach)', 'Wait'],
  ['src/signals/', 'Signals'],
  ['src/posix/descriptors', 'Descriptors'],
  ['src/posix/', 'Exec and processes'],
  ['src/memory/', 'Memory'],
  ['src/pool/', 'Pools'],
  ['src/(trace/|capabilities)', 'Seeing'],
].map(([path, subject]) => [new RegExp(path), subject]);

/** Those that are not where their file's subject is. */
const OTHERS = {
  _exit: 'Fork',
  getpid: 'Fork',
  getppid: 'Fork',
  kill: 'Signals',
  killpg: 'Signals',
  Signal: 'Signals',
  SystemError: 'Errors',
};

const group = (subject) => new CommentTag('@group', [{ kind: 'text', text: subject }]);

function groupExports(context) {
  const modules = context.project.getReflectionsByKind(ReflectionKind.Module);
  for (const reflection of modules.flatMap(({ children }) => children ?? [])) {
    const file = context.getSymbolFromReflection(reflection)?.declarations?.[0]?.getSourceFile().fileName;
    const subject = OTHERS[reflection.name] ?? SUBJECTS.find(([path]) => path.test(file ?? ''))?.[1];
    // What has no comment stays so, for the validation to tell.
    const { comment } = [reflection, ...(reflection.signatures ?? [])].find((one) => one.comment) ?? {};
    comment?.blockTags.push(group(subject ?? 'Others'));
  }
}

const HEADING = /^# (.*)\n/;

function nameGuide(_context, guide) {
  guide.name = HEADING.exec(guide.content[0].text)[1];
}

/** TypeDoc puts the project's name over it. */
function takeTitleOff({ project }) {
  project.readme[0].text = project.readme[0].text.replace(HEADING, '');
}

/** TypeDoc makes a heading's anchor of its text, and does not count code as text: a heading of code alone had none. */
function countCodeInHeadings(parser) {
  parser.core.ruler.push('code_in_headings', ({ tokens, Token }) => {
    const headings = tokens.filter((_, i) => tokens[i - 1]?.type === 'heading_open');
    for (const code of headings.flatMap(({ children }) => children)) {
      if (code.type !== 'code_inline') continue;
      const text = new Token('text', '', 0);
      text.content = code.content;
      code.children = [text]; // rendered as before, by its own content
    }
  });
}

export function load(app) {
  // Not at once: the options are read after the plugins.
  app.on(Application.EVENT_BOOTSTRAP_END, () =>
    app.options.setValue('markdownItLoader', countCodeInHeadings),
  );
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, nameGuide);
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, groupExports);
  app.converter.on(Converter.EVENT_RESOLVE_END, takeTitleOff);
}
