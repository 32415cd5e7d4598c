import type { Section } from '../../core/virsh/parse/sections.ts';

/**
 * Why a section has no answer, and what helps. The text goes into snapshots, which are data files in
 * English; the system's own words stay in it.
 */
export function whyNot(section: Section, user: string): string {
  const said = (section.err === '' ? section.out : section.err)
    .split('\n')
    .map((line) => line.replace(/^error: /, '').trim())
    .filter((line) => line !== '')
    .join('; ')
    .slice(0, 600);
  if (section.code === 124 || section.code === 137) return 'it did not answer in time';
  if (section.code === 127) return `a program is missing on this host: ${said}`;
  if (
    /authentication unavailable|polkit|libvirt-sock.*Permission denied|authentication failed/i.test(
      said,
    )
  )
    return `${said}. The user ${user} may not use libvirt: add it to the group libvirt (usermod -aG libvirt ${user}), or connect as root`;
  if (/libvirt.*sock.*(No such file|Connection refused)|Failed to connect socket/i.test(said))
    return `${said}. The libvirt daemon does not run: systemctl start libvirtd (or virtqemud)`;
  if (/Permission denied/i.test(said) && user !== 'root')
    return `${said}. The user ${user} lacks the right to look: connect as root, or let it read this path`;
  return said === '' ? `it ended with exit code ${section.code}` : said;
}
