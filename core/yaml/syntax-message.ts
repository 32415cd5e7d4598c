import type { YAMLError } from 'yaml';
import { say } from '../messages.ts';
import type { Message } from '../messages.ts';

export const repeatedKey = say('This key is already written above; a key stands once.');

/** The library's finding in the product's words and the user's language. */
export function syntaxMessage(error: Pick<YAMLError, 'code' | 'message'>): Message {
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return say('YAML is indented with spaces, not with tabs.');
    case 'BAD_INDENT':
    case 'BLOCK_AS_IMPLICIT_KEY':
      return say('The indentation does not fit: keys of one mapping begin in one column.');
    case 'MULTIPLE_DOCS':
      return say('One file holds one document; “---” begins a second one here.');
    case 'BAD_ALIAS':
      return say('This alias names no anchor above it.');
    case 'MULTILINE_IMPLICIT_KEY':
    case 'KEY_OVER_1024_CHARS':
      return say('A key must be one short line followed by “:”.');
    case 'BLOCK_IN_FLOW':
      return say('Inside { } and [ ] items are separated by commas, not by lines.');
    case 'BAD_DQ_ESCAPE':
      return say('This backslash sequence does not exist in double quotes.');
    case 'BAD_SCALAR_START':
      return say('A plain text cannot begin with this character; put it in quotes.');
    case 'MISSING_CHAR':
      return say(
        'Something is not closed here: a quote, a bracket, or a “:” behind a key is missing.',
      );
    case 'TAG_RESOLVE_FAILED':
    case 'BAD_COLLECTION_TYPE':
      return say('Tags such as “!name” have no meaning here.');
    default:
      return say('This is not YAML: {0}', (error.message.split('\n', 1)[0] ?? '').trim());
  }
}
