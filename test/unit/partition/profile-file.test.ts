import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PartitionError } from '../../../src/partition/errors.js';
import { parseProfile } from '../../../src/partition/profile-file.js';
import { profile } from './profile-fixture.js';

function refused(text: string, why: RegExp): void {
  assert.throws(
    () => parseProfile(text),
    (error: unknown) => {
      assert(error instanceof PartitionError);
      assert.equal(error.code, 'PROFILE_INVALID');
      assert.match(error.message, why);
      return true;
    },
  );
}

describe('a profile file', () => {
  it('gives back the profile that was written into it', () => {
    assert.deepEqual(parseProfile(JSON.stringify(profile)), profile);
  });

  it('may be of a node that no broker was measured on', () => {
    const alone = { ...profile, link: null };
    assert.deepEqual(parseProfile(JSON.stringify(alone)), alone);
  });

  it('is refused with the reason where it is none', () => {
    refused('{', /it is no JSON/);
    refused('[]', /its version is to be 1, and is none/);
    refused(JSON.stringify({ ...profile, version: 2 }), /to be 1, and is 2/);
    refused(JSON.stringify({ ...profile, node: { ...profile.node, cores: 0 } }), /node\.cores/);
    refused(JSON.stringify({ ...profile, hops: [] }), /hops/);
  });

  it('is refused where a cut is missing, or a batch size of a layer', () => {
    refused(
      JSON.stringify({ ...profile, cuts: profile.cuts.slice(1) }),
      /2 layers have 3 cuts; found 2/,
    );
    const [first, second] = profile.layers;
    assert(first !== undefined);
    const layers = [{ ...first, times: first.times.slice(1) }, second];
    refused(JSON.stringify({ ...profile, layers }), /batch sizes are 8, and .* 1,8/);
  });
});
