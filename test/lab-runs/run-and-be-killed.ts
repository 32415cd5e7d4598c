/** A program that starts a run and watches it; the test kills it half-way, as an editor can die. */
import { readFileSync } from 'node:fs';
import type { Plan } from '../../core/planner/plan.ts';
import { startRun } from '../../hosts/run/execute.ts';
import { thisProcess } from '../../hosts/run/owner.ts';
import { createRun } from '../../hosts/run/record.ts';
import { labHosts } from './lab-run.ts';

const [planFile = '', sshConfig = '', folder = ''] = process.argv.slice(2);
const plan = JSON.parse(readFileSync(planFile, 'utf8')) as Plan;
const record = createRun(plan, thisProcess('editor'), { folder });
console.log(record.id);
await startRun({
  plan,
  record,
  sessions: labHosts(sshConfig).sessions,
  onEvent: ({ type }) => {
    console.log(type);
  },
});
