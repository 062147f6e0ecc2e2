/**
 * Sets the checkout up: `node infra/setup.mjs`. It may be run, and interrupted, as often as one
 * likes. This file keeps to what older versions of Node understand, to tell their users so.
 */
const [major, minor] = process.versions.node.split('.').map(Number);

if ((major === 20 && minor >= 14) || major === 22) {
  const { setUp } = await import('./setup/install.mjs');
  process.exitCode = await setUp();
} else {
  const why =
    major > 22
      ? 'the native part of @tensorflow/tfjs-node does not run on Node 23 and later'
      : 'Stagecoach uses what came with 20.14';
  console.error(
    `Set-up stopped. Found Node ${process.versions.node}; Stagecoach needs Node 20 (20.14 or later) or 22: ${why}. Install one, with nvm for example: nvm install 22`,
  );
  process.exitCode = 1;
}
