import { say } from '../messages.ts';
import { oneOf } from './field-types.ts';

/**
 * The tables of descriptor fields are the one source of the format. Binding, completion, hover and the generated JSON schema all
 * read it; a key that is not here does not exist.
 */
export const apiVersion = 'livemigrate/v1';

/** What every kind of file begins with. */
export const head = {
  apiVersion: oneOf(
    { [apiVersion]: say('The first version of the format.') },
    { doc: say('Version of the file format; a contract that keeps working.'), example: apiVersion },
  ),
  kind: oneOf(
    {
      Migration: say('One domain moves from one host to another.'),
      HostInventory: say('The hosts that migrations name.'),
      MigrationPlan: say('Several domains move in waves.'),
    },
    { doc: say('What this file describes.'), example: 'Migration' },
  ),
};
