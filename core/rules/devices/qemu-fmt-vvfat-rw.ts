import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { blockedFormat } from './image-format.ts';

export default defineRule({
  id: 'qemu-fmt-vvfat-rw',
  severity: 'error',
  summary: say('No directory of the host is a writable FAT disk of the guest.'),
  ...blockedFormat(['fat'], 'vvfat (rw)', 'writable'),
});
