/**
 * What holds a domain, in the words of `virsh domjobinfo` (see core/virsh/parse/domain.ts):
 * `lock`: a call that changes the domain does not end; `dump`, `backup`: such a job; `job`: any other.
 */
export function jobKind(job: string): 'lock' | 'dump' | 'backup' | 'job' {
  if (/cannot acquire state change lock|Timed out during operation/i.test(job)) return 'lock';
  if (/^dump\b/i.test(job)) return 'dump';
  return /^backup\b/i.test(job) ? 'backup' : 'job';
}
