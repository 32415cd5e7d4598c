/** A process that appends to a record until it has done so often enough, or is killed. */
import { findRun } from '../../../hosts/run/record.ts';

const [folder = '', id = '', name = '', count = '0'] = process.argv.slice(2);
const record = findRun(id, { folder });
if (record === undefined) throw new Error(`there is no run ${id}`);
for (let number = 0; number < Number(count); number++) {
  // Long lines of differing length: a write that is not whole would show.
  const why = `${String(number)} ${name.repeat(2000 + (number % 7) * 900)}`;
  record.append({ type: 'lost-sight', host: name, why });
}
