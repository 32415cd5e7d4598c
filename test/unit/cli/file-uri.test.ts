import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { fileUris } from '../../../cli/check/file-uri.ts';

test('the URIs of many files are those that Node makes of each', () => {
  const uriOf = fileUris();
  const names = ['a.domain.xml', 'b-2_c.xml', 'a b.xml', 'ü.xml', '100%.xml', 'x#y.xml', '..', 'z'];
  for (const folder of ['/', '/srv', '/srv/with space', '/srv/100%/ü', '/srv'])
    for (const name of names) {
      const path = `${folder === '/' ? '' : folder}/${name}`;
      assert.equal(uriOf(path), pathToFileURL(path).href, path);
    }
});
