import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import { boundedProblems } from '../text/bounded-problems.ts';
import { XmlNode } from './node.ts';
import { ProblemList } from './problem-list.ts';
import { Scanner } from './scanner.ts';
import type { SharedElements } from './shared-elements.ts';
import { TreeBuilder } from './build-tree.ts';
import { defaultXmlLimits } from './tree.ts';
import type { XmlDocument, XmlLimits } from './tree.ts';

/**
 * Parses XML into a tree with exact ranges. Never throws, in time proportional to the text; what is
 * wrong is in `problems` and the rest of the tree keeps its shape. No entity but the predefined
 * ones is ever resolved and no document type is read.
 * @param shared elements of other documents, which are taken where the same is written
 */
export function parseXml(
  text: string,
  limits: XmlLimits = defaultXmlLimits,
  shared?: SharedElements,
): XmlDocument {
  if (text.length > limits.maxLength) {
    return refused(
      'file-too-large',
      text,
      say('This file has {0} characters; at most {1} are read.', text.length, limits.maxLength),
    );
  }
  if (text.includes('\0')) {
    return refused('not-text', text, say('This is not a text file: it contains NUL characters.'));
  }
  const strict = scan({ text, indentation: false, maxDepth: limits.maxDepth, shared });
  if (!strict.unclosed) return strict.document();
  // Some end tag is missing: the columns of the tags say where its element was meant to end, unless
  // the text is not laid out by them, which shows in more problems than before.
  const byColumns = scan({ text, indentation: true, maxDepth: limits.maxDepth, shared: undefined });
  return (byColumns.count <= 2 * strict.count + 2 ? byColumns : strict).document();
}

interface Scan {
  readonly count: number;
  readonly unclosed: boolean;
  document(): XmlDocument;
}

interface Way {
  readonly text: string;
  readonly indentation: boolean;
  readonly maxDepth: number;
  readonly shared: SharedElements | undefined;
}

function scan({ text, indentation, maxDepth, shared }: Way): Scan {
  const problems = new ProblemList();
  const builder = new TreeBuilder({ text, problems, indentation, maxDepth, shared });
  new Scanner(text, builder, problems, shared).run();
  const { count } = problems;
  return {
    count,
    unclosed: builder.unclosed,
    document: () => ({
      root: builder.root && new XmlNode(builder.root.data, builder.root.start, undefined),
      problems: boundedProblems(problems.problems, count - problems.problems.length),
    }),
  };
}

function refused(code: string, text: string, message: Message): XmlDocument {
  const line = text.slice(0, 200).indexOf('\n');
  const span = { start: 0, end: line < 0 ? Math.min(text.length, 200) : line };
  return { root: undefined, problems: [{ code, span, severity: 'error', message, fixes: [] }] };
}
