const { join } = require('node:path');

// package.json maps #domain/... to dist/; the rules look at the sources.
const libs = ['domain', 'command-handling', 'event-store', 'read-models', 'reactors', 'blobs', 'documents', 'vault'];

module.exports = {
  resolve: {
    alias: Object.fromEntries(libs.map((name) => [`#${name}`, join(__dirname, 'libs', name)])),
    extensionAlias: { '.js': ['.ts', '.js'] },
  },
};
